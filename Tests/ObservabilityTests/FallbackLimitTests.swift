import Glibc
import Synchronization
import Testing

@testable import Observability

@Suite struct FallbackLimitTests {
    private let board: StatusBoard
    private var table: FallbackLimitTable { board.fallbackLimits }

    init() throws {
        let (board, fd) = try StatusBoard.create(slots: 1)
        close(fd)
        self.board = board
    }

    private func admit(_ key: UInt64, _ now: UInt64, minute: Int = 100, hour: Int = 1000) -> FallbackLimitDecision {
        table.admit(key: key, minuteLimit: minute, hourLimit: hour, now: now)
    }

    @Test func countsDownThenRefusesWithTheWait() {
        let start: UInt64 = 60_000 * 1000
        for left in (0..<3).reversed() {
            let decision = admit(42, start, minute: 3)
            #expect(decision.isAdmitted && decision.remainingMinute == left && decision.waitMilliseconds == 0)
        }
        let refused = admit(42, start, minute: 3)
        #expect(!refused.isAdmitted && refused.remainingMinute == 0 && refused.remainingHour == 997)
        // 3 × (60 s − t) / 60 s, rounded up, falls to 2 at 20 s into the next minute.
        #expect(refused.waitMilliseconds == 80_000)
        #expect(!admit(42, start + 79_999, minute: 3).isAdmitted)
        #expect(admit(42, start + 80_000, minute: 3).isAdmitted)
    }

    @Test func lookingCountsNothing() {
        let start: UInt64 = 3_600_000 * 7
        #expect(table.hourCount(key: 77, now: start) == 0)
        for _ in 0..<3 { #expect(admit(77, start).isAdmitted) }
        for _ in 0..<3 { #expect(table.hourCount(key: 77, now: start + 1000) == 3) }
        #expect(admit(77, start + 2000).remainingHour == 996)
        // Half of the hour after it, half of them still count, rounded up; two hours later none.
        #expect(table.hourCount(key: 77, now: start + 3_600_000 + 1_800_000) == 2)
        #expect(table.hourCount(key: 77, now: start + 3 * 3_600_000) == 0)
        #expect(table.hourCount(key: 78, now: start) == 0)
    }

    @Test func aRefusalByTheHourCountsNothing() {
        let start: UInt64 = 3_600_000 * 7
        #expect(admit(9, start, hour: 1).isAdmitted)
        for _ in 0..<5 { #expect(!admit(9, start, hour: 1).isAdmitted) }
        let other = admit(9, start, hour: 2)
        #expect(other.isAdmitted && other.remainingMinute == 98)
    }

    @Test func keysDoNotDisturbEachOtherAndALimitBelowOneIsOne() {
        for key in UInt64(1)...200 {
            let mixed = key &* 0x9e37_79b9_7f4a_7c15
            #expect(admit(mixed, 5000, minute: 0).isAdmitted)
            #expect(!admit(mixed, 5000, minute: -3).isAdmitted)
        }
    }

    @Test func aFullNeighbourhoodGivesUpItsOldestLine() {
        // Same low bits: all in one neighbourhood of 16.
        let keys = (0..<17).map { UInt64($0) << 48 | 5 }
        for (index, key) in keys.enumerated() { #expect(admit(key, 1000 + UInt64(index), minute: 1).isAdmitted) }
        #expect(admit(keys[0], 2000, minute: 1).isAdmitted, "was forgotten")
        #expect(!admit(keys[16], 2000, minute: 1).isAdmitted, "is remembered")
    }

    @Test func theWaitIsExactForAnyState() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let length: UInt64 = 60_000
            let now = UInt64.random(in: 120_000..<600_000, using: &random)
            let limit = UInt64.random(in: 1...200, using: &random)
            let bucket = now / length & 0xffff
            let word =
                bucket << 40 | UInt64.random(in: 0...limit, using: &random) << 20
                | UInt64.random(in: 0...limit, using: &random)
            func passes(after wait: UInt64) -> Bool {
                TwoBucketWindow(word: word, tag: 0, length: length, now: now + wait)
                    .remaining(limit: limit, now: now + wait) > 0
            }
            let window = TwoBucketWindow(word: word, tag: 0, length: length, now: now)
            let wait = window.wait(limit: limit, now: now)
            #expect(passes(after: wait), "\(window) at \(now), limit \(limit), wait \(wait)")
            #expect(wait == 0 || !passes(after: wait - 1), "\(window) at \(now), limit \(limit), wait \(wait)")
            let reset = now + window.reset(now: now)
            let later = TwoBucketWindow(word: word, tag: 0, length: length, now: reset)
            #expect(later.count(reset) < max(window.count(now), 1))
        }
    }

    @Test func aClockThatLagsBehindAnotherProcessDoesNotForget() {
        let ahead = TwoBucketWindow(word: 8 << 40 | 5 << 20 | 3, tag: 0, length: 1000, now: 7999)
        #expect(ahead.bucket == 8 && ahead.previous == 5 && ahead.current == 3 && ahead.count(7999) == 8)
    }

    @Test func noMoreThanTheLimitInAnyBucketPair() {
        // Worst case of the approximation: never above the limit by the estimate itself.
        var admitted: [UInt64] = []
        var now: UInt64 = 60_000 * 50
        while now < 60_000 * 56 {
            if admit(77, now, minute: 100, hour: 100_000).isAdmitted { admitted.append(now) }
            now += 97
        }
        for end in admitted {
            #expect(admitted.count { $0 > end &- 60_000 && $0 <= end } <= 199)
        }
        #expect(admitted.count { $0 >= 60_000 * 51 && $0 < 60_000 * 55 } <= 404)
    }

    @Test func threadsAdmitExactlyTheLimit() {
        let table = table
        let admitted = Atomic<Int>(0)
        runThreads(4) {
            for _ in 0..<5000 where table.admit(key: 31, minuteLimit: 7000, hourLimit: 6500, now: 60_000).isAdmitted {
                admitted.wrappingAdd(1, ordering: .relaxed)
            }
        }
        let total = admitted.load(ordering: .relaxed)
        // A request that the hour refuses holds a place in the minute for a moment; here the minute has room.
        #expect(total == 6500)
    }

    @Test func threadsThatFightForOneNeighbourhoodStayBounded() {
        let table = table
        let admitted = Atomic<Int>(0)
        runThreads(4) {
            for round in 0..<4000 {
                let key = UInt64(round % 12) << 48 | 100
                if table.admit(key: key, minuteLimit: 50, hourLimit: 1000, now: 60_000).isAdmitted {
                    admitted.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        #expect(admitted.load(ordering: .relaxed) == 12 * 50)
    }

    private func runThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        final class Work: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let threads = (0..<count).map { _ in
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(Work(body)).toOpaque()
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, argument)
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}
