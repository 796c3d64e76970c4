import Postgres

/// Days of a time zone as SQL expressions: the one place that knows when a day begins and ends.
///
/// A day begins at the first instant at which the zone's clocks show it, and ends where the next one begins, so that every
/// instant belongs to exactly one day. That is not always what `at time zone` makes of midnight: where clocks go back over
/// midnight it happens twice and `at time zone` means the second one (PostgreSQL manual, B.2), and where they go forward it
/// may be skipped. A day that a zone skips as a whole begins where the next one does and holds nothing.
///
/// Offsets change at most once in 25 hours, and by at most a day; this holds for every zone since 1900.
enum LocalDay {
    /// Expression of type timestamptz.
    ///
    /// - Parameters:
    ///   - day: an expression of type date; it is repeated.
    ///   - zone: an expression for an IANA name; it is repeated.
    static func start(of day: String, zone: String) -> String {
        // Instants are naive times in UTC here: with them subtraction is exact and nothing depends on the session's zone.
        func local(_ instant: String) -> String { "(\(instant) at time zone 'UTC' at time zone \(zone))" }
        let midnight = "(\(day))::timestamp"
        let usual = "(\(midnight) at time zone \(zone) at time zone 'UTC')"
        let dayBefore = "(\(usual) - interval '25:00')"
        // Midnight by the offset that was in force the day before.
        let earlier = "(\(dayBefore) + (\(midnight) - \(local(dayBefore))))"
        let justBefore = "(\(usual) - interval '1 microsecond')"
        return """
            (case
                when \(local(dayBefore)) = \(midnight) - interval '25:00' and \(local(usual)) = \(midnight) then \(usual)
                -- Clocks went back over midnight, or to it: it happened before they did.
                when \(earlier) < \(usual) and \(local(earlier)) >= \(midnight) then \(earlier)
                -- They went forward from before midnight to after it: the day begins when they did.
                when \(local(justBefore)) >= \(midnight) then
                    (select min(t) from generate_series(
                        \(usual) - (\(local(usual)) - \(midnight)), \(usual), interval '1 second') t
                     where \(local("t")) >= \(midnight))
                else \(usual) end at time zone 'UTC')
            """
    }

    /// - Parameters:
    ///   - day: days since 2000-01-01.
    ///   - zone: an IANA name.
    static func start(of day: Int32, zone: String, in sql: inout SQL) -> String {
        if isUTC(zone) { return sql.bind(.timestamp(Int64(day) * InstantFormat.microsecondsPerDay)) + "::timestamptz" }
        return start(of: sql.bind(.date(day)) + "::date", zone: sql.bind(.text(zone)))
    }

    /// Expression of type date: the day to which an instant belongs. The date that the clocks show, unless they went back
    /// to the day before after they had shown the next one.
    ///
    /// - Parameters:
    ///   - instant: an expression of type timestamptz; it is repeated.
    ///   - zone: an expression for an IANA name; it is repeated.
    static func day(of instant: String, zone: String) -> String {
        let shown = "(\(instant) at time zone \(zone))::date"
        return """
            (case when \(instant) >= \(start(of: "(\(shown) + 1)", zone: zone)) then \(shown) + 1 else \(shown) end)
            """
    }

    /// Today, as a subquery that is evaluated once in a statement.
    static func today(zone: String) -> String { "(select \(day(of: "now()", zone: zone)))" }

    /// A join: `local.today`, evaluated once in a statement.
    static func join(zone: String) -> String { "cross join (select \(today(zone: zone)) as today) local" }

    /// The date it is in a time zone.
    static func statement(zone: String) -> Statement {
        Statement("select \(day(of: "now()", zone: "$1"))", [.text(zone)])
    }

    private static func isUTC(_ zone: String) -> Bool { zone == "UTC" || zone == "Etc/UTC" }
}
