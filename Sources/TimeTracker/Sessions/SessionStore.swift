import Postgres
import Reactor
import Redis

/// Browser sessions: PostgreSQL keeps them, Redis remembers them for a minute.
///
/// So sessions outlive a Redis that is away, restarted or switched off, and one that has been ended while Redis could
/// not be told is forgotten there within that minute. The lifetime slides: use begins it anew, every few minutes at the most.
final class SessionStore: Sendable {
    struct Record: Sendable, Equatable {
        let userID: Int64
        /// What forms and scripts send back (``CSRFToken``).
        let csrfSecret: String
    }

    /// What a lookup found, and whether the session has just been prolonged, so that its cookie should be too.
    struct Found: Sendable {
        let record: Record
        let isProlonged: Bool
    }

    /// Who is on the other side, as far as requests tell.
    struct Client: Sendable {
        var address: String
        var userAgent: String?
    }

    /// Seconds that "remember me" lasts without use.
    static let rememberedLifetime = 30 * 86_400
    private static let redisLifetime = 60
    /// Seconds of use between two notes of when a session was last seen.
    private static let noteInterval = 180

    private let reactor: Reactor
    private let db: PostgresClient
    private let redis: RedisClient?
    private let keyPrefix: String
    private let lifetime: Int

    /// - Parameter lifetime: seconds without use after which a session ends.
    init(reactor: Reactor, db: PostgresClient, redis: RedisClient?, keyPrefix: String, lifetime: Int) {
        self.reactor = reactor
        self.db = db
        self.redis = redis
        self.keyPrefix = keyPrefix
        self.lifetime = lifetime
    }

    /// Seconds.
    func lifetime(of id: SessionID) -> Int { id.isRemembered ? max(lifetime, Self.rememberedLifetime) : lifetime }

    /// Begins a session; sweeps out sessions that are over.
    func create(userID: Int64, isRemembered: Bool, _ client: Client) async throws(PostgresError) -> (SessionID, Record)
    {
        let id = SessionID(isRemembered: isRemembered)
        let record = Record(userID: userID, csrfSecret: RandomText.urlSafe(bytes: 32))
        _ = try await db.atomically([
            Statement("delete from sessions where expires_at < now()"),
            Statement(
                """
                insert into sessions (id_hash, user_id, csrf_secret, expires_at, ip_address, user_agent)
                values ($1, $2, $3, now() + make_interval(secs => $4), $5, $6)
                """,
                [
                    .text(id.hash), .int(userID), .text(record.csrfSecret), .double(Double(lifetime(of: id))),
                    .text(client.address), .init(client.userAgent),
                ]),
        ])
        return (id, record)
    }

    /// - Returns: nil when there is no such session, or it is over.
    func find(_ id: SessionID, _ client: Client) async throws(PostgresError) -> Found? {
        let hash = id.hash
        if let record = await remembered(hash) { return Found(record: record, isProlonged: false) }
        let statement = Statement(
            """
            select user_id, csrf_secret, \(Self.isDue("$2")) from sessions where id_hash = $1 and expires_at > now()
            """, [.text(hash), .double(noteInterval(of: id))])
        guard let row = try await db.query(statement).first else { return nil }
        let record = Record(userID: row.int(0), csrfSecret: row.string(1))
        remember(record, hash)
        let isDue = row.bool(2)
        if isDue { note(id, client) }
        return Found(record: record, isProlonged: isDue)
    }

    private static func isDue(_ seconds: String) -> String {
        "coalesce(last_seen_at, created_at) < now() - make_interval(secs => \(seconds))"
    }

    private func noteInterval(of id: SessionID) -> Double { Double(min(Self.noteInterval, lifetime(of: id) / 4)) }

    /// Notes that a session is in use, which prolongs it. The request that shows it doesn't wait for that; what is lost is
    /// noted by the next one.
    private func note(_ id: SessionID, _ client: Client) {
        let statement = Statement(
            """
            update sessions set expires_at = now() + make_interval(secs => $2), last_seen_at = now(), ip_address = $3,
                user_agent = $4
            where id_hash = $1 and expires_at > now() and \(Self.isDue("$5"))
            """,
            [
                .text(id.hash), .double(Double(lifetime(of: id))), .text(client.address), .init(client.userAgent),
                .double(noteInterval(of: id)),
            ])
        Task(executorPreference: reactor) { [db] in _ = try? await db.execute(statement) }
    }

    /// Those of some sessions, by their hashes, that are not over and whose users are active; looking prolongs none.
    func alive(among hashes: [String]) async throws(PostgresError) -> Set<String> {
        let statement = Statement(
            """
            select s.id_hash from sessions s join users u on u.id = s.user_id
            where s.id_hash = any ($1) and s.expires_at > now() and u.is_active
            """, [.textArray(hashes)])
        return Set(try await db.query(statement).map { $0.string(0) })
    }

    func end(_ id: SessionID) async throws(PostgresError) {
        let hash = id.hash
        _ = try await db.execute(Statement("delete from sessions where id_hash = $1", [.text(hash)]))
        await forget([hash])
    }

    /// A session as its user sees it.
    struct Listed: RowProjection {
        var hash = ""
        /// In the user's zone.
        var began = WallTime(0)
        var seen = WallTime(0)
        var ends = WallTime(0)
        var client = Client(address: "", userAgent: nil)

        static let table = "sessions"
        static let selected = selectList()

        /// $2 is the user's zone.
        static func map(_ row: inout some ColumnVisitor, _ session: inout Listed) {
            row.column("id_hash", &session.hash)
            row.computed("created_at at time zone $2", &session.began)
            row.computed("coalesce(last_seen_at, created_at) at time zone $2", &session.seen)
            row.computed("expires_at at time zone $2", &session.ends)
            row.computed("coalesce(ip_address, '')", &session.client.address)
            row.column("user_agent", &session.client.userAgent)
        }
    }

    /// A user's sessions that are not over, the one seen last first.
    func list(of userID: Int64, zone: String) async throws -> [Listed] {
        let statement = Statement(
            """
            select \(Listed.selected) from sessions where user_id = $1 and expires_at > now()
            order by coalesce(last_seen_at, created_at) desc, id_hash limit 100
            """, [.int(userID), .text(zone)])
        return try ModelRows(try await db.query(statement)).all()
    }

    /// Ends one of a user's sessions.
    ///
    /// - Returns: whether there was such a session of this user.
    func end(_ hash: String, of userID: Int64) async throws(PostgresError) -> Bool {
        let statement = Statement(
            "delete from sessions where id_hash = $1 and user_id = $2 returning id_hash", [.text(hash), .int(userID)])
        let ended = try await db.execute(statement).map { $0.string(0) }
        await forget(ended)
        return !ended.isEmpty
    }

    /// Ends all sessions of a user but one, as after a change of password.
    func endOthers(of userID: Int64, except id: SessionID) async throws(PostgresError) {
        let statement = Statement(
            "delete from sessions where user_id = $1 and id_hash <> $2 returning id_hash",
            [.int(userID), .text(id.hash)])
        await forget(try await db.execute(statement).map { $0.string(0) })
    }

    // MARK: Redis

    private func key(_ hash: String) -> String { "\(keyPrefix)session:{\(hash)}" }

    private func remembered(_ hash: String) async -> Record? {
        guard let redis, redis.isAvailable, case .string(let bytes)? = try? await redis.send(.init(["GET", key(hash)]))
        else { return nil }
        return SessionStore.decode(String(decoding: bytes, as: UTF8.self))
    }

    private func remember(_ record: Record, _ hash: String) {
        let seconds = String(min(Self.redisLifetime, lifetime))
        redis?.post(.init(["SET", key(hash), Self.encode(record), "EX", seconds]))
    }

    /// After sessions have been ended in the database; else Redis remembers them for a minute.
    func forget(_ hashes: [String]) async {
        guard let redis, redis.isAvailable, !hashes.isEmpty else { return }
        _ = try? await redis.send(.init(["DEL"] + hashes.map(key)))
    }

    static func encode(_ record: Record) -> String { "\(record.userID) \(record.csrfSecret)" }

    static func decode(_ text: String) -> Record? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let user = Int64(parts[0]) else { return nil }
        return Record(userID: user, csrfSecret: String(parts[1]))
    }
}
