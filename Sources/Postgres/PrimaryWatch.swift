/// When to look for another primary, where the URL names several hosts; pure.
///
/// A server whose host vanished says nothing, and neither does the kernel for long. So the server is asked for a sign of
/// life all the time, and where none comes, others are looked at, without giving up on this one before another serves.
struct PrimaryWatch: Sendable {
    enum Step: Sendable, Equatable {
        case none
        /// Ask whether the server is alive, and still takes writes.
        case ask
        /// See whether another host is the primary now.
        case look
    }

    /// Nanoseconds for which a server may be silent.
    static let patience: UInt64 = 750_000_000

    private var askedAt: UInt64?
    private var isLooking = false

    /// - Parameter now: on the scale of `Reactor.now`.
    mutating func step(now: UInt64) -> Step {
        guard !isLooking else { return .none }
        guard let askedAt else {
            askedAt = now
            return .ask
        }
        guard now &- askedAt >= Self.patience else { return .none }
        isLooking = true
        return .look
    }

    /// The question was answered, or its connection is gone.
    mutating func answered() { askedAt = nil }

    /// Whatever has been found.
    mutating func looked() { isLooking = false }
}
