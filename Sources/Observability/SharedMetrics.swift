import CoreMetrics

/// swift-metrics' backend that counts in the status board's shared memory, where the supervisor reads.
///
/// Recording is a search of at most 14 bounds and two atomic additions; nothing is allocated. What the table has no room for
/// is not counted. Dimensions become labels, whose values are escaped here.
public final class SharedMetrics: MetricsFactory {
    private let table: SeriesTable
    private let area: MetricArea

    /// - Parameter place: the slot of the worker, or another of ``StatusBoard``'s areas.
    public init(board: StatusBoard, place: Int) {
        table = board.series
        area = board.area(place)
    }

    /// `name{label="value",…}` (Prometheus text format).
    public static func text(_ label: String, _ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return label }
        let pairs = dimensions.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "\(label){\(pairs.joined(separator: ","))}"
    }

    private func handler(_ label: String, _ dimensions: [(String, String)], _ kind: SeriesTable.Kind) -> SharedHandler?
    {
        table.register(Self.text(label, dimensions), kind).map { SharedHandler(area: area, word: $0) }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handler(label, dimensions, .counter) ?? NOOPMetricsHandler.instance
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(label, dimensions, .gauge) ?? NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        handler(label, dimensions, .gauge) ?? NOOPMetricsHandler.instance
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        handler(label, dimensions, .histogram) ?? NOOPMetricsHandler.instance
    }

    // Series stay for as long as the board.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

/// One series of one process.
private final class SharedHandler: CounterHandler, RecorderHandler, MeterHandler, TimerHandler {
    private let area: MetricArea
    private let word: Int

    init(area: MetricArea, word: Int) {
        self.area = area
        self.word = word
    }

    func increment(by amount: Int64) { area.add(word, UInt64(max(0, amount))) }
    /// Counters never fall.
    func reset() {}
    func record(_ value: Int64) { area.set(word, Double(value)) }
    func record(_ value: Double) { area.set(word, value) }
    func set(_ value: Int64) { area.set(word, Double(value)) }
    func set(_ value: Double) { area.set(word, value) }
    func increment(by amount: Double) { area.change(word, by: amount) }
    func decrement(by amount: Double) { area.change(word, by: -amount) }
    func recordNanoseconds(_ duration: Int64) { area.observe(word, UInt64(max(0, duration))) }
}
