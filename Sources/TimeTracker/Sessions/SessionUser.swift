import Postgres
import Synchronization

/// A signed-in user as of at most a second ago.
struct SessionUser: Sendable {
    let principal: Principal
    let isActive: Bool
    let mustChangePassword: Bool
    /// The user's own choices for what is shown; nil = the installation's.
    let timezone, dateFormat, timeFormat: String?
    /// 0 Sunday .. 6 Saturday.
    let weekStart: Int
    /// Whether pages with a running timer ask after a while without a sign of work.
    let asksWhenIdle: Bool
    /// `light` or `dark`; nil = as the system says.
    let theme: String?

    private static let select = """
        select u.id, u.username, u.full_name, u.role, u.is_active, u.password_change_required,
               u.time_rounding_enabled, u.time_rounding_minutes, u.time_rounding_method,
               \(Roles.isAdmin("u")), u.timezone, u.date_format, u.time_format, u.week_start_day,
               u.asks_when_idle, u.theme
        from users u where u.id = $1
        """

    static func statement(id: Int64) -> Statement { Statement(select, [.int(id)]) }

    init(_ row: Row) {
        let role = Role(rawValue: row.string(3)) ?? .user
        // No token, so no token's limits: what the user may do is decided by role alone.
        principal = Principal(
            tokenID: 0, userID: row.int(0), username: row.string(1), fullName: row.stringOrNull(2), role: role,
            isAdmin: row.bool(9), scopes: Scopes("*"),
            rounding: RoundingPreference(
                isEnabled: row.bool(6), minutes: Int(row.int(7)),
                method: RoundingMethod(rawValue: row.string(8)) ?? .nearest))
        isActive = row.bool(4)
        mustChangePassword = row.bool(5)
        timezone = row.stringOrNull(10)
        dateFormat = row.stringOrNull(11)
        timeFormat = row.stringOrNull(12)
        weekStart = Int(row.int(13))
        asksWhenIdle = row.bool(14)
        theme = row.stringOrNull(15)
    }
}

/// Looks users of sessions up, each at most once in the time that token lookups are trusted.
final class SessionUsers: Sendable {
    private struct Entry {
        let user: SessionUser
        let expires: UInt64
    }

    private static let capacity = 10_000
    private let db: PostgresClient
    private let lifetime: UInt64
    private let cache = Mutex<[Int64: Entry]>([:])

    init(db: PostgresClient, cacheMilliseconds: Int) {
        self.db = db
        lifetime = UInt64(min(max(cacheMilliseconds, 0), 1000)) * 1_000_000
    }

    /// Nil when the user is gone or inactive.
    func find(_ id: Int64) async throws(PostgresError) -> SessionUser? {
        let now = WallClock.monotonic()
        if let entry = cache.withLock({ $0[id] }), entry.expires > now { return entry.user.isActive ? entry.user : nil }
        guard let row = try await db.query(SessionUser.statement(id: id)).first else { return nil }
        let user = SessionUser(row)
        cache.withLock { cache in
            if cache.count >= Self.capacity { cache.removeAll(keepingCapacity: true) }
            cache[id] = Entry(user: user, expires: now + lifetime)
        }
        return user.isActive ? user : nil
    }

    /// After this process has changed the user.
    func forget(_ id: Int64) {
        cache.withLock { _ = $0.removeValue(forKey: id) }
    }
}
