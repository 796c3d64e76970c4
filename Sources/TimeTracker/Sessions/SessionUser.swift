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

    private static let select = "select \(Stored.selected) from users u where u.id = $1"

    static func statement(id: Int64) -> Statement { Statement(select, [.int(id)]) }

    /// - Throws: ``RowDecodingError``.
    init(_ row: Row) throws(RowDecodingError) {
        let stored = try Stored(row)
        // No token, so no token's limits: what the user may do is decided by role alone.
        principal = stored.user.principal(tokenID: 0, scopes: Scopes("*"))
        isActive = stored.user.isActive
        mustChangePassword = stored.mustChangePassword
        timezone = stored.timezone
        dateFormat = stored.dateFormat
        timeFormat = stored.timeFormat
        weekStart = stored.weekStart
        asksWhenIdle = stored.asksWhenIdle
        theme = stored.theme
    }

    struct Stored: RowProjection {
        var user = ActingUser()
        var mustChangePassword = false
        var timezone: String?
        var dateFormat: String?
        var timeFormat: String?
        var weekStart = 1
        var asksWhenIdle = false
        var theme: String?

        static let table = "users"
        static let alias = "u"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ stored: inout Stored) {
            row.model(&stored.user)
            row.column("password_change_required", &stored.mustChangePassword)
            row.column("timezone", &stored.timezone)
            row.column("date_format", &stored.dateFormat)
            row.column("time_format", &stored.timeFormat)
            row.column("week_start_day", &stored.weekStart)
            row.column("asks_when_idle", &stored.asksWhenIdle)
            row.column("theme", &stored.theme)
        }
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
    func find(_ id: Int64) async throws -> SessionUser? {
        let now = WallClock.monotonic()
        if let entry = cache.withLock({ $0[id] }), entry.expires > now { return entry.user.isActive ? entry.user : nil }
        guard let row = try await db.query(SessionUser.statement(id: id)).first else { return nil }
        let user = try SessionUser(row)
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
