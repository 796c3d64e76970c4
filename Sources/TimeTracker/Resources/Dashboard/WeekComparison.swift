import Postgres

/// Hours from Monday to today, against the same days a week before (behaviour.md §7.5). Hours in hundredths.
struct WeekComparison: Sendable {
    struct Week: Sendable {
        let days: [DayHours]
        /// Sum of the rounded days.
        var total: Int64 { days.reduce(0) { $0 + $1.hours } }
    }

    let current: Week
    let last: Week

    /// One row a day: last week's days, then this week's.
    ///
    /// - Parameters:
    ///   - zone: IANA name; days are counted in it, also when the clocks change between them.
    ///   - now: microseconds since 2000-01-01 UTC.
    static func statement(userID: Int64, zone: String, now: Int64) -> Statement {
        Statement(
            """
            with clock as (
                select today, extract(isodow from today)::int as weekday
                from (select \(LocalDay.day(of: "$3::timestamptz", zone: "$2")) as today) t
            ), days as (
                select weeks, today - weekday + 1 + i - 7 * weeks as day
                from clock, generate_series(0, 1) as weeks, generate_series(0, weekday - 1) as i
            ), bounds as materialized (
                select weeks, day, \(LocalDay.start(of: "day", zone: "$2")) as first,
                       \(LocalDay.start(of: "(day + 1)", zone: "$2")) as next
                from days
            )
            select \(Sum.selected) from bounds d left join time_entries e
                on e.user_id = $1 and e.end_time is not null
                and e.start_time >= d.first and e.start_time < d.next
                and (d.weeks = 1 or e.start_time <= $3)
            group by d.weeks, d.day order by d.weeks desc, d.day
            """, [.int(userID), .text(zone), .timestamp(now)])
    }

    /// Tenths of a percent; nil when there is nothing to compare with.
    var changeTenths: Int64? {
        guard last.total > 0 else { return nil }
        let difference = (current.total - last.total) * 1000
        let (quotient, rest) = difference.quotientAndRemainder(dividingBy: last.total)
        return quotient + (rest.magnitude * 2 >= last.total.magnitude ? difference.signum() : 0)
    }
}

extension WeekComparison {
    /// Of a day.
    private struct Sum: RowProjection {
        var weeksAgo = 0
        var day = Day(0)
        var seconds: Int64 = 0

        static let table = "bounds"
        static let alias = "d"
        static let selected = selectList()

        /// Over `bounds d` and `time_entries e`.
        static func map(_ row: inout some ColumnVisitor, _ sum: inout Sum) {
            row.column("weeks", &sum.weeksAgo)
            row.column("day", &sum.day)
            row.computed("coalesce(sum(e.duration_seconds), 0)::bigint", &sum.seconds)
        }
    }

    /// - Throws: ``RowDecodingError``.
    init(_ rows: Rows) throws {
        let sums = try ModelRows<Sum>(rows).all()
        func week(_ weeksAgo: Int) -> Week {
            Week(
                days: sums.filter { $0.weeksAgo == weeksAgo }.map {
                    DayHours(day: $0.day.number, seconds: $0.seconds)
                })
        }
        current = week(0)
        last = week(1)
    }
}

extension WeekComparison: JSONModel {
    static let schemaName = "WeekComparison"

    static func describe(_ object: inout some MemberVisitor<WeekComparison>) {
        object.object("current_week") { $0.current }
        object.object("last_week") { $0.last }
        object.money("change_percent", nullable: true, "One decimal") { $0.changeTenths.map { $0 * 10 } }
    }
}

extension WeekComparison.Week: JSONModel {
    static let schemaName = "WeekHours"

    static func describe(_ object: inout some MemberVisitor<WeekComparison.Week>) {
        object.money("total_hours") { $0.total }
        object.objects("by_day") { $0.days }
    }
}

extension DayHours: JSONModel {
    static let schemaName = "DayHours"

    static func describe(_ object: inout some MemberVisitor<DayHours>) {
        object.date("day") { $0.day }
        object.money("hours") { $0.hours }
    }
}
