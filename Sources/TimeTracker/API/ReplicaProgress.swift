import DequeModule

/// How far a replica has come, against what the primary has written; pure.
///
/// Positions are those of PostgreSQL's log of changes, in bytes; times are nanoseconds on one monotonic clock. What is known
/// of the replica is a moment old, and its true position can only be further on.
struct ReplicaProgress: Sendable {
    /// Nanoseconds after which what was heard of the replica doesn't count any more.
    static let silence: UInt64 = 1_000_000_000

    private let maxLag: UInt64
    /// What the primary had written at some moments, the oldest first.
    private var written = Deque<(at: UInt64, position: Int64)>()
    private var replayed: (at: UInt64, position: Int64)?

    /// - Parameter maxLag: nanoseconds.
    init(maxLag: UInt64) {
        self.maxLag = maxLag
    }

    /// - Parameter now: before the primary was asked.
    mutating func primaryHasWritten(_ position: Int64, now: UInt64) {
        written.append((now, position))
        while let first = written.first, first.at &+ maxLag < now { written.removeFirst() }
    }

    mutating func replicaHasReplayed(_ position: Int64, now: UInt64) { replayed = (now, position) }

    mutating func replicaFailed() { replayed = nil }

    /// Whether the replica shows all that was committed before the last `maxLag`.
    func isFresh(now: UInt64) -> Bool {
        guard let replayed, now &- replayed.at < Self.silence else { return false }
        return written.contains { $0.at &+ maxLag >= now && $0.position <= replayed.position }
    }

    /// Whether the replica shows what was committed at a position.
    func shows(_ position: Int64) -> Bool { replayed.map { $0.position >= position } ?? false }
}
