/// What lies between the entries of a day.
struct DayGaps: Equatable, Sendable {
    /// Shorter ones are no gaps, in microseconds.
    static let shortest: Int64 = 5 * 60 * 1_000_000

    /// Of all gaps together.
    private(set) var seconds: Int64 = 0
    /// Entries that begin before an earlier one has ended.
    private(set) var overlaps = 0

    /// - Parameter spans: instants of the entries' starts and ends, in any order.
    init(_ spans: [(start: Int64, end: Int64)]) {
        var latest: Int64?
        for span in spans.sorted(by: { $0.start < $1.start }) {
            if let latest {
                let difference = span.start - latest
                if difference >= Self.shortest { seconds += difference / 1_000_000 }
                if difference < 0 { overlaps += 1 }
            }
            latest = max(latest ?? span.end, span.end)
        }
    }
}
