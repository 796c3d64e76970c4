import Postgres

/// A user as the API shows them (behaviour.md §11.3): never password or token data.
struct User: Sendable {
    var id: ID<User> = .none
    var username = ""
    var email: String?
    var fullName: String?
    var role = Role.user
    var createdAt = Instant.none
    var lastLogin: Instant?
    var isActive = true
    var avatarFilename: String?
    var dateFormat = ""
    var timeFormat = ""
    var timezone = ""
    var standardHours = 0.0
    var includesWeekends = false
    var isAdmin = false
    /// Completed entries of the user.
    var totalSeconds: Int64 = 0
}

extension User: RowModel {
    static let table = "users"
    static let alias = "u"
    static let selected = selectList()

    static let constraints = [
        Constraint("users_username_key", "username", "A user with this name already exists"),
        Constraint("users_name_key", "username", "A user with this name already exists"),
        Constraint("user_clients_client_id_fkey", "client_ids", "Client not found"),
    ]

    /// What a user without a preference gets: the installation's.
    static func joins(_ settings: Settings, in sql: inout SQL) -> String {
        """
        cross join (
            select \(sql.bind(.text(settings.dateFormat)))::text as date_format,
                   \(sql.bind(.text(settings.timeFormat)))::text as time_format,
                   \(sql.bind(.text(settings.timezone)))::text as timezone) standard
        """
    }

    static func map(_ row: inout some ColumnVisitor, _ user: inout User) {
        row.key("id", &user.id)
        row.column("username", &user.username)
        row.column("email", &user.email)
        row.column("full_name", &user.fullName)
        row.column("role", &user.role)
        row.stored("created_at", &user.createdAt)
        row.stored("last_login", &user.lastLogin)
        row.column("is_active", &user.isActive)
        row.column("avatar_filename", &user.avatarFilename)
        row.column("date_format", &user.dateFormat, read: "coalesce(u.date_format, standard.date_format)")
        row.column("time_format", &user.timeFormat, read: "coalesce(u.time_format, standard.time_format)")
        row.column("timezone", &user.timezone, read: "coalesce(u.timezone, standard.timezone)")
        row.column("standard_hours_per_day", &user.standardHours)
        row.column("overtime_include_weekends", &user.includesWeekends)
        row.computed(Roles.isAdmin("u"), &user.isAdmin)
        row.computed("coalesce((\(EntryTotals.ofUser("u.id"))), 0)", &user.totalSeconds)
    }
}

extension User {
    /// online within 15 minutes of signing in, away within 60, else offline.
    func presence(now: Instant) -> String {
        guard let lastLogin else { return "offline" }
        let minutes = (now.microseconds - lastLogin.microseconds) / 60_000_000
        return minutes < 15 ? "online" : minutes < 60 ? "away" : "offline"
    }

}

extension User: JSONModel {
    static let schemaName = "User"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<User>) {
        object.id("id") { $0.id }
        object.string("username") { $0.username }
        object.string("email", nullable: true) { $0.email }
        object.string("full_name", nullable: true) { $0.fullName }
        object.string("display_name") { $0.fullName ?? $0.username }
        object.string("role") { $0.role.rawValue }
        object.boolean("is_admin") { $0.isAdmin }
        object.instant("created_at") { $0.createdAt }
        object.instant("last_login", nullable: true) { $0.lastLogin }
        object.boolean("is_active") { $0.isActive }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.string("avatar_url", nullable: true) { $0.avatarFilename.map { "/uploads/avatars/\($0)" } }
        object.string("status") { $0.presence(now: .now()) }
        object.string("date_format") { $0.dateFormat }
        object.string("time_format") { $0.timeFormat }
        object.string("timezone") { $0.timezone }
        object.number("standard_hours_per_day") { $0.standardHours }
        object.boolean("overtime_include_weekends") { $0.includesWeekends }
    }
}
