import Postgres

/// What people set for themselves (behaviour.md §12.21).
struct UserProfile: Sendable {
    var fullName: String?
    var email: String?
    /// Nil = the installation's.
    var timezone, dateFormat, timeFormat: String?
    /// 0 Sunday .. 6 Saturday.
    var weekStart: Int64 = 1
    var roundsTimes = true
    /// 1 = the installation's step.
    var roundingMinutes: Int64 = 1
    var roundingMethod = RoundingMethod.nearest
    var asksWhenIdle = false
    /// Nil = as the system says.
    var theme: String?
    var hoursPerDay = 8.0

    static let dateFormats = ["YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY"]
    static let timeFormats = ["24h", "12h"]
    static let themes = ["light", "dark"]

    static func find(_ userID: Int64, _ db: PostgresClient) async throws -> UserProfile {
        let statement = Statement("select \(selected) from users where id = $1", [.int(userID)])
        guard let row = try await db.query(statement).first else { throw APIError.notFound("User", userID) }
        return try UserProfile(row)
    }

    /// - Throws: ``ValidationError`` naming each field that is refused.
    func save(_ userID: Int64, in tx: PostgresTransaction) async throws {
        var errors = ValidationErrors()
        for (name, text) in [("full_name", fullName), ("email", email)] where (text ?? "").unicodeScalars.count > 200 {
            errors.add(name, "Longer than maximum length 200.")
        }
        if let email, !EmailAddress.isValid(RawText(email)) { errors.add("email", "Not a valid email address.") }
        for (name, text, known) in [
            ("date_format", dateFormat, Self.dateFormats), ("time_format", timeFormat, Self.timeFormats),
            ("theme", theme, Self.themes),
        ] {
            if let text, !known.contains(where: { RawText($0) == RawText(text) }) {
                errors.add(name, "Not one of \(known.joined(separator: ", ")).")
            }
        }
        if !WorkingHours.range.contains(hoursPerDay) {
            errors.add("standard_hours_per_day", "Must be from 0.5 to 24.")
        }
        if !(0...6).contains(weekStart) { errors.add("week_start_day", "Not a day of the week.") }
        if !(1...1440).contains(roundingMinutes) { errors.add("time_rounding_minutes", "Must be from 1 to 1440.") }
        if let timezone, timezone.utf8.count > 50 {
            errors.add("timezone", "This is not a known time zone.")
        } else if let timezone {
            let zone = Statement("select exists (select 1 from pg_timezone_names where name = $1)", [.text(timezone)])
            if try await tx.query(zone).first?.bool(0) != true {
                errors.add("timezone", "This is not a known time zone.")
            }
        }
        try errors.throwIfAny()
        _ = try await tx.query(
            Statement(
                """
                update users set full_name = $2, email = $3, timezone = $4, date_format = $5, time_format = $6,
                    week_start_day = $7::int, time_rounding_enabled = $8, time_rounding_minutes = $9::int,
                    time_rounding_method = $10, asks_when_idle = $11, theme = $12, standard_hours_per_day = $13
                where id = $1
                """,
                [
                    .int(userID), .init(fullName), .init(email), .init(timezone), .init(dateFormat), .init(timeFormat),
                    .int(weekStart), .bool(roundsTimes), .int(roundingMinutes), .text(roundingMethod.rawValue),
                    .bool(asksWhenIdle), .init(theme), .double(hoursPerDay),
                ]))
    }
}

extension UserProfile: RowProjection {
    static let table = "users"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ profile: inout UserProfile) {
        row.column("full_name", &profile.fullName)
        row.column("email", &profile.email)
        row.column("timezone", &profile.timezone)
        row.column("date_format", &profile.dateFormat)
        row.column("time_format", &profile.timeFormat)
        row.column("week_start_day", &profile.weekStart)
        row.column("time_rounding_enabled", &profile.roundsTimes)
        row.column("time_rounding_minutes", &profile.roundingMinutes)
        row.column("time_rounding_method", &profile.roundingMethod)
        row.column("asks_when_idle", &profile.asksWhenIdle)
        row.column("theme", &profile.theme)
        row.column("standard_hours_per_day", &profile.hoursPerDay)
    }
}
