import Postgres
import Reactor
import Redis
import Synchronization

/// A replica that lists and reports are read from, so that the primary has more time for the rest.
///
/// A token never misses what it has written itself: after each change the primary's position in its log of changes is kept
/// in Redis under the token, for all workers of all hosts, and read again in the trip that counts a request. A replica
/// behind that position isn't asked, nor one that lags further behind than it may; so a position needs to be kept for no
/// longer than that. While Redis is away, and until it has been back for as long, everything is read from the primary.
final class ReadReplica: Sendable {
    private static let interval: Duration = .milliseconds(200)
    /// Position of a change that may or may not have been made.
    private static let unknown = Int64.max

    let db: PostgresClient
    private let primary: PostgresClient
    private let redis: RedisClient?
    private let reactor: Reactor
    private let keyPrefix: String
    private let maxLag: UInt64
    /// Seconds that positions are kept.
    private let lifetime: String
    private let progress: Mutex<ReplicaProgress>
    private let askedAt = Atomic<UInt64>(0)

    /// - Parameter maxLag: how far behind the replica may be.
    init(
        _ configuration: PostgresConfiguration, primary: PostgresClient, redis: RedisClient?, reactor: Reactor,
        keyPrefix: String, maxLag: Duration, onEvent: @escaping @Sendable (PostgresEvent) -> Void
    ) {
        db = PostgresClient(configuration: configuration, reactor: reactor, onEvent: onEvent)
        self.primary = primary
        self.redis = redis
        self.reactor = reactor
        self.keyPrefix = keyPrefix
        self.maxLag = UInt64(maxLag / .nanoseconds(1))
        lifetime = String(maxLag.components.seconds + 2)
        progress = Mutex(ReplicaProgress(maxLag: self.maxLag))
    }

    func start() {
        db.start()
        follow()
    }

    func shutdown() async { await db.shutdown(within: .seconds(5)) }

    // MARK: Reading

    /// Asks for the position of the token's last change.
    func lookup(tokenID: Int64) -> RedisCommand { RedisCommand(["GET", key(tokenID)]) }

    /// Whether a token may read from the replica now.
    /// - Parameter reply: to ``lookup(tokenID:)``; nil when Redis wasn't asked.
    func mayServe(_ reply: RedisReply?) -> Bool {
        guard let reply, let redis, redis.isAvailable, redis.nanosecondsAvailable > maxLag else { return false }
        return progress.withLock { progress in
            guard progress.isFresh(now: Reactor.now) else { return false }
            switch reply {
            case .null: return true
            case .string(let bytes):
                return Int64(String(decoding: bytes, as: UTF8.self)).map { progress.shows($0) } ?? false
            default: return false
            }
        }
    }

    /// Whether the primary may do better: the replica is away, was cancelled by what it replays, or can't do what is asked.
    static func isToBlame(for error: PostgresError) -> Bool {
        switch error.code {
        case .unavailable, .connectionLost, .poolTimeout, .serialization: true
        default: error.sqlState == "0A000" || error.sqlState == "55000"
        }
    }

    // MARK: Writing

    /// To be called after a change by a token, before it is told of: the replica doesn't serve it until it shows the change.
    func hasChanged(tokenID: Int64) async {
        guard let redis else { return }
        let row = try? await primary.query(Self.written).first
        let position = row?.int(0) ?? Self.unknown
        _ = try? await redis.send(RedisCommand(["SET", key(tokenID), String(position), "EX", lifetime]))
    }

    private func key(_ tokenID: Int64) -> String { "\(keyPrefix)lsn:{\(tokenID)}" }

    // MARK: Following

    private static let written = Statement("select (pg_current_wal_insert_lsn() - '0/0')::bigint")
    /// A replica that has been promoted shows what it writes.
    private static let replayed = Statement(
        """
        select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0')::bigint
        """)

    private func follow() {
        let now = Reactor.now
        let asked = askedAt.load(ordering: .relaxed)
        if asked == 0 {
            askedAt.store(now, ordering: .relaxed)
            Task(executorPreference: reactor) { await self.compare() }
        } else if now &- asked > ReplicaProgress.silence {
            // Whoever waits for it goes to the primary instead.
            db.disconnect(PostgresError(.unavailable, message: "the replica is silent"))
        }
        reactor.schedule(after: Self.interval) { [weak self] in self?.follow() }
    }

    private func compare() async {
        let now = Reactor.now
        async let asked = db.query(Self.replayed, retryable: false)
        if let row = try? await primary.query(Self.written).first {
            progress.withLock { $0.primaryHasWritten(row.int(0), now: now) }
        }
        if let row = try? await asked.first, !row.isNull(0) {
            progress.withLock { $0.replicaHasReplayed(row.int(0), now: now) }
        } else {
            progress.withLock { $0.replicaFailed() }
        }
        askedAt.store(0, ordering: .relaxed)
    }
}
