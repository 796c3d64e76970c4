import Postgres

/// Totals over a user's completed entries (behaviour.md §7.4). Hours and money in hundredths.
struct ValueDashboard: Sendable {
    struct Day: Sendable {
        let hours: DayHours
    }

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    let totalHours: Int64
    let entriesCount: Int64
    let activeDays: Int64
    let mostProductiveDay: String?
    let thisWeekHours: Int64
    let thisMonthHours: Int64
    let lastSevenDays: [Day]
    let estimatedValue: Int64?
    let currency: String

    /// An entry belongs to the day on which it starts in the zone.
    ///
    /// - Parameter now: microseconds since 2000-01-01 UTC.
    static func statement(userID: Int64, zone: String, now: Int64) -> Statement {
        Statement(
            """
            with clock as (
                select \(LocalDay.day(of: "$3::timestamptz", zone: "$2")) as today, week_start_day from users where id = $1
            ), bounds as (
                select today, date_trunc('month', today)::date as month_start,
                       today - (extract(dow from today)::int - week_start_day + 7) % 7 as week_start
                from clock
            ), shown as materialized (
                select (e.start_time at time zone $2)::date as day, e.start_time, coalesce(e.duration_seconds, 0) as seconds,
                       e.billable, coalesce(p.hourly_rate, ec.default_hourly_rate, pc.default_hourly_rate, 0) as rate
                from time_entries e
                left join projects p on p.id = e.project_id
                left join clients ec on ec.id = e.client_id
                left join clients pc on pc.id = p.client_id
                where e.user_id = $1 and e.end_time is not null
            ), days as materialized (
                -- What LocalDay.day(of:) does, once for each day instead of each entry.
                select day, \(LocalDay.start(of: "(day + 1)", zone: "$2")) as next from (select distinct day from shown) d
            ), entries as materialized (
                select case when s.start_time >= d.next then s.day + 1 else s.day end as day, s.seconds, s.billable, s.rate
                from shown s join days d using (day)
            ), sums as (
                select count(*) as entries, coalesce(sum(seconds), 0)::bigint as seconds, count(distinct day) as days,
                       coalesce(sum(seconds) filter (where day between week_start and today), 0)::bigint as week,
                       coalesce(sum(seconds) filter (where day between month_start and today), 0)::bigint as month,
                       round(sum(seconds * rate) filter (where billable) / 3600, 2) as value
                from entries, bounds
            )
            select \(Sums.selected) from sums s, bounds b
            """, [.int(userID), .text(zone), .timestamp(now)])
    }

    /// What the database adds up.
    private struct Sums: RowProjection {
        var entries: Int64 = 0
        var seconds: Int64 = 0
        var days: Int64 = 0
        var weekSeconds: Int64 = 0
        var monthSeconds: Int64 = 0
        var value: Money?
        var today = TimeTracker.Day(0)
        /// 1 Monday .. 7 Sunday; nil without work.
        var bestWeekday: Int?
        /// Of the last seven days, today last.
        var lastSeconds: [Int64] = []

        static let table = "sums"
        static let alias = "s"
        static let selected = selectList()

        /// Over `sums s`, `bounds b` and `entries`.
        static func map(_ row: inout some ColumnVisitor, _ sums: inout Sums) {
            row.column("entries", &sums.entries)
            row.column("seconds", &sums.seconds)
            row.column("days", &sums.days)
            row.column("week", &sums.weekSeconds)
            row.column("month", &sums.monthSeconds)
            row.column("value", &sums.value)
            row.computed("b.today", &sums.today)
            row.computed(
                """
                (select extract(isodow from day)::int from entries group by 1 having sum(seconds) > 0
                 order by sum(seconds) desc, 1 limit 1)
                """, &sums.bestWeekday)
            row.computed(
                """
                array(select coalesce(sum(e.seconds), 0)::bigint
                      from generate_series(6, 0, -1) as ago left join entries e on e.day = b.today - ago
                      group by ago order by ago desc)
                """, &sums.lastSeconds)
        }
    }

    /// - Throws: ``RowDecodingError``.
    init(_ row: Row, currency: String) throws(RowDecodingError) {
        let sums = try Sums(row)
        entriesCount = sums.entries
        totalHours = Money.hours(seconds: sums.seconds)
        activeDays = sums.days
        thisWeekHours = Money.hours(seconds: sums.weekSeconds)
        thisMonthHours = Money.hours(seconds: sums.monthSeconds)
        estimatedValue = sums.value.flatMap { $0 > .zero ? $0.hundredths : nil }
        mostProductiveDay = sums.bestWeekday.map { Self.weekdays[$0 - 1] }
        lastSevenDays = sums.lastSeconds.enumerated().map {
            Day(hours: DayHours(day: sums.today.number - 6 + Int32($0.offset), seconds: $0.element))
        }
        let code = Tags.trim(currency).prefix(3)
        self.currency = code.isEmpty ? "EUR" : String(code)
    }

    /// Half away from zero.
    var averageHours: Int64 {
        entriesCount == 0 ? 0 : (totalHours * 2 + entriesCount) / (entriesCount * 2)
    }
}

extension ValueDashboard: JSONModel {
    static let schemaName = "ValueDashboard"

    static func describe(_ object: inout some MemberVisitor<ValueDashboard>) {
        object.money("total_hours") { $0.totalHours }
        object.integer("entries_count") { $0.entriesCount }
        object.integer("active_days") { $0.activeDays }
        object.money("avg_session_length", "Hours") { $0.averageHours }
        object.string("most_productive_day", nullable: true) { $0.mostProductiveDay }
        object.money("this_week_hours") { $0.thisWeekHours }
        object.money("this_month_hours") { $0.thisMonthHours }
        object.objects("last_7_days") { $0.lastSevenDays }
        object.money("estimated_value_tracked", nullable: true) { $0.estimatedValue }
        object.string("estimated_value_currency") { $0.currency }
    }
}

extension ValueDashboard.Day: JSONModel {
    static let schemaName = "ValueDashboardDay"

    static func describe(_ object: inout some MemberVisitor<ValueDashboard.Day>) {
        object.date("date") { $0.hours.day }
        object.money("hours") { $0.hours.hours }
    }
}
