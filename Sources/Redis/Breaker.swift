/// When to try Redis again after it went away: closed while a connection serves, open between attempts.
///
/// Pure: the caller brings the randomness and does the waiting.
struct Breaker {
    static let shortest = 0.25
    static let longest = 5.0
    /// Where another Redis takes the place of one that has gone, it should be found soon.
    static let longestWithSentinel = 0.5

    private let limit: Double
    private(set) var failures = 0

    init(limit: Double = longest) {
        self.limit = limit
    }

    /// Seconds until the next attempt: doubling from 0.25 to the limit, less up to half at random, so that workers spread out.
    /// - Parameter random: 0 ..< 1.
    mutating func failed(random: Double) -> Double {
        let delay = min(limit, Self.shortest * Double(1 << min(failures, 10)))
        failures += 1
        return delay * (1 - random / 2)
    }

    mutating func succeeded() {
        failures = 0
    }
}
