/// How long to wait before the next attempt to connect: exponential with jitter; pure, randomness is handed in.
struct Backoff: Sendable, Equatable {
    private let base: Duration
    private let limit: Duration
    private(set) var failures = 0

    init(base: Duration = .milliseconds(50), limit: Duration = .seconds(5)) {
        self.base = base
        self.limit = limit
    }

    mutating func succeeded() { failures = 0 }

    /// Counts a failure and gives the delay: base · 2ⁿ up to the limit, ±25 %.
    ///
    /// - Parameter random: uniform in 0..<1.
    mutating func failed(random: Double) -> Duration {
        let doublings = min(failures, 30)
        failures += 1
        let delay = min(base * (1 << doublings), limit)
        return delay * (0.75 + 0.5 * random)
    }
}
