import Postgres

/// A user as the API shows them (behaviour.md §11.3): never password or token data.
struct User: Sendable {
    var id: Int64
    var username: String
    var email: String?
    var fullName: String?
    var role: String
    var createdAt: Int64
    var lastLogin: Int64?
    var isActive: Bool
    var avatarFilename: String?
    var dateFormat: String
    var timeFormat: String
    var timezone: String
    var standardHours: Double
    var includesWeekends: Bool
    var isAdmin: Bool
    /// Completed entries of the user.
    var totalSeconds: Int64

    /// What ``init(_:)`` reads, over `users u`; a user without a preference gets the installation's.
    static func columns(_ settings: Settings, in sql: inout SQL) -> String {
        """
        u.id, u.username, u.email, u.full_name, u.role, u.created_at, u.last_login, u.is_active, u.avatar_filename,
        coalesce(u.date_format, \(sql.bind(.text(settings.dateFormat)))),
        coalesce(u.time_format, \(sql.bind(.text(settings.timeFormat)))),
        coalesce(u.timezone, \(sql.bind(.text(settings.timezone)))),
        u.standard_hours_per_day, u.overtime_include_weekends,
        \(Roles.isAdmin("u")),
        (\(EntryTotals.ofUser("u.id")))
        """
    }
}

extension User: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        username = columns.string()
        email = columns.stringOrNull()
        fullName = columns.stringOrNull()
        role = columns.string()
        createdAt = columns.timestamp()
        lastLogin = columns.timestampOrNull()
        isActive = columns.bool()
        avatarFilename = columns.stringOrNull()
        dateFormat = columns.string()
        timeFormat = columns.string()
        timezone = columns.string()
        standardHours = columns.double()
        includesWeekends = columns.bool()
        isAdmin = columns.bool()
        totalSeconds = columns.intOrNull() ?? 0
    }

    /// online within 15 minutes of signing in, away within 60, else offline.
    func presence(now: Int64) -> String {
        guard let lastLogin else { return "offline" }
        let minutes = (now - lastLogin) / 60_000_000
        return minutes < 15 ? "online" : minutes < 60 ? "away" : "offline"
    }

}

extension User: JSONModel {
    static let schemaName = "User"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<User>) {
        object.integer("id") { $0.id }
        object.string("username") { $0.username }
        object.string("email", nullable: true) { $0.email }
        object.string("full_name", nullable: true) { $0.fullName }
        object.string("display_name") { $0.fullName ?? $0.username }
        object.string("role") { $0.role }
        object.boolean("is_admin") { $0.isAdmin }
        object.instant("created_at") { $0.createdAt }
        object.instant("last_login", nullable: true) { $0.lastLogin }
        object.boolean("is_active") { $0.isActive }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.string("avatar_url", nullable: true) { $0.avatarFilename.map { "/uploads/avatars/\($0)" } }
        object.string("status") { $0.presence(now: WallClock.now()) }
        object.string("date_format") { $0.dateFormat }
        object.string("time_format") { $0.timeFormat }
        object.string("timezone") { $0.timezone }
        object.number("standard_hours_per_day") { $0.standardHours }
        object.boolean("overtime_include_weekends") { $0.includesWeekends }
    }
}
