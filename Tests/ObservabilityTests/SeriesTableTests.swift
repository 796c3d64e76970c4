import CoreMetrics
import Glibc
import Testing

@testable import Observability

@Suite struct SeriesTableTests {
    private func makeBoard(slots: Int = 2) throws -> (board: StatusBoard, other: StatusBoard) {
        let (board, fd) = try StatusBoard.create(slots: slots)
        defer { close(fd) }
        return (board, try StatusBoard.attach(fd: fd))
    }

    @Test func aNameHasOnePlaceForAllProcesses() throws {
        let (board, other) = try makeBoard()
        let word = try #require(board.series.register("a_total{x=\"1\"}", .counter))
        #expect(other.series.register("a_total{x=\"1\"}", .counter) == word)
        let second = try #require(other.series.register("a_total{x=\"2\"}", .counter))
        #expect(second == word + 1)
        let times = try #require(board.series.register("b_seconds", .histogram))
        #expect(board.series.register("c", .gauge) == times + 16)
        #expect(other.series.all.map(\.text) == ["a_total{x=\"1\"}", "a_total{x=\"2\"}", "b_seconds", "c"])
    }

    @Test func whatHasNoRoomIsRefused() throws {
        let (board, _) = try makeBoard()
        #expect(board.series.register("", .counter) == nil)
        #expect(board.series.register(String(repeating: "x", count: SeriesTable.maxText + 1), .counter) == nil)
        #expect(board.series.register(String(repeating: "x", count: SeriesTable.maxText), .counter) != nil)
        var count = 1
        while board.series.register("n\(count)", .histogram) != nil { count += 1 }
        #expect(count == SeriesTable.wordCapacity / 16 || count == SeriesTable.capacity)
        // What is there already is found all the same.
        #expect(board.series.register("n1", .histogram) != nil)
    }

    /// Threads of several mappings add the same names at the same time: each gets one place.
    @Test func namesAddedAtOnceAreAddedOnce() async throws {
        let (board, other) = try makeBoard()
        let words = await withTaskGroup(of: [Int?].self) { group in
            for task in 0..<4 {
                let table = (task % 2 == 0 ? board : other).series
                group.addTask { (0..<100).map { table.register("s\($0)", .counter) } }
            }
            var all: [[Int?]] = []
            for await words in group { all.append(words) }
            return all
        }
        #expect(Set(words).count == 1)
        #expect(Set(words[0]).count == 100 && !words[0].contains(nil))
        #expect(board.series.all.count == 100)
    }

    @Test func countersStayAndGaugesGoWithTheirProcess() throws {
        let (board, _) = try makeBoard()
        board.usedSlots = 2
        for place in 0..<2 {
            let metrics = SharedMetrics(board: board, place: place)
            Counter(label: "a_total", dimensions: [], factory: metrics).increment(by: 3)
            Meter(label: "b", dimensions: [], factory: metrics).set(2.5)
            CoreMetrics.Timer(label: "c_seconds", dimensions: [("k", "v")], factory: metrics).recordNanoseconds(
                2_000_000)
        }
        func text(_ format: MetricsText.Format = .prometheus) -> String {
            String(decoding: MetricsText.render(board, format), as: UTF8.self)
        }
        #expect(text().contains("# TYPE a_total counter\na_total 6\n"))
        #expect(text().contains("# TYPE b gauge\nb 5\n"))
        board.slot(1).vacate()
        board.clearGauges(1)
        #expect(text().contains("\na_total 6\n"))
        #expect(text().contains("\nb 2.5\n"))
        #expect(
            text().contains("c_seconds_bucket{k=\"v\",le=\"0.001\"} 0\nc_seconds_bucket{k=\"v\",le=\"0.0025\"} 2\n"))
        #expect(
            text().contains(
                "c_seconds_bucket{k=\"v\",le=\"+Inf\"} 2\nc_seconds_sum{k=\"v\"} 0.004\nc_seconds_count{k=\"v\"} 2\n"))
        let open = text(.openMetrics)
        #expect(open.contains("# TYPE a counter\na_total 6\n") && open.hasSuffix("# EOF\n"))
        #expect(!text().contains("EOF"))
    }

    @Test func labelsAreEscaped() {
        #expect(SharedMetrics.text("a", [("b", "x\"y\\z\n")]) == #"a{b="x\"y\\z\n"}"#)
        #expect(SharedMetrics.text("a", []) == "a")
    }

    @Test func timesFallIntoTheirBucket() {
        #expect(TimeBuckets.index(0) == 0)
        #expect(TimeBuckets.index(100_000) == 0)
        #expect(TimeBuckets.index(100_001) == 1)
        #expect(TimeBuckets.index(5_000_000_000) == 13)
        #expect(TimeBuckets.index(5_000_000_001) == TimeBuckets.overflow)
        #expect(TimeBuckets.bounds.count == TimeBuckets.overflow)
    }

    /// What the metrics of a request may cost: half a microsecond.
    @Test func countingIsCheap() throws {
        let (board, _) = try makeBoard()
        let metrics = SharedMetrics(board: board, place: 0)
        let timer = CoreMetrics.Timer(label: "t_seconds", dimensions: [], factory: metrics)
        let counter = Counter(label: "n_total", dimensions: [], factory: metrics)
        let rounds = 200_000
        let start = ContinuousClock.now
        for round in 0..<rounds {
            // As a request that is limited by Redis and asks PostgreSQL once: three times and a counter.
            for _ in 0..<3 { timer.recordNanoseconds(Int64(round % 3000) * 1000) }
            counter.increment()
        }
        let taken = (ContinuousClock.now - start) / rounds
        print("metrics of a request: \(taken)")
        #expect(taken < .nanoseconds(500))
        #expect(board.area(0).count(board.series.register("n_total", .counter) ?? 0) == UInt64(rounds))
    }
}
