import Postgres

/// As instants; PostgreSQL knows the zones (behaviour.md §3.9).
///
/// A time that happens twice (autumn) means the later, standard-time one; a time that is skipped (spring) moves forward
/// by the gap. Both are what PostgreSQL's `at time zone` does.
extension WallTime {
    /// SQL expression of type timestamptz for a naive time in µs since 2000-01-01.
    static func expression(_ wall: Int64, zone: String, in sql: inout SQL) -> String {
        let wall = sql.bind(.timestamp(wall))
        let zone = sql.bind(.text(zone))
        return "((\(wall)::timestamptz at time zone 'UTC') at time zone \(zone))"
    }

    /// SQL expression for a time given in a query filter or body.
    static func expression(_ time: DateTimeInput, zone: String, in sql: inout SQL) -> String {
        switch time {
        case .instant(let instant): sql.bind(.timestamp(instant)) + "::timestamptz"
        case .wall(let wall): expression(wall, zone: zone, in: &sql)
        }
    }

    /// SQL expression for an end of a span that a query asks for.
    static func expression(_ bound: RangeBound, zone: String, in sql: inout SQL) -> String {
        switch bound {
        case .time(let time): expression(time, zone: zone, in: &sql)
        case .startOfDay(let day): LocalDay.start(of: day, zone: zone, in: &sql)
        case .endOfDay(let day): "(\(LocalDay.start(of: day + 1, zone: zone, in: &sql)) - interval '1 microsecond')"
        }
    }
}
