/// When one shared connection is opened again; pure.
struct LaneMachine: Sendable {
    /// A connection that dies younger than this counts as a failed attempt, or a server that hangs up on
    /// every session would be called without pause.
    private static let youth: UInt64 = 1_000_000_000

    private var backoff: Backoff
    private var openedAt: UInt64 = 0
    private(set) var isOpen = false
    /// The last attempt to connect failed: waiting is not likely to help soon.
    private(set) var isUnreachable = false

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    mutating func opened(now: UInt64) {
        isOpen = true
        isUnreachable = false
        openedAt = now
    }

    /// Returns the delay before the next attempt.
    ///
    /// - Parameter random: uniform in 0..<1.
    mutating func lost(now: UInt64, random: Double) -> Duration {
        isOpen = false
        guard now < openedAt &+ Self.youth else {
            backoff.succeeded()
            return .zero
        }
        return backoff.failed(random: random)
    }

    mutating func failed(random: Double) -> Duration {
        isUnreachable = true
        return backoff.failed(random: random)
    }
}
