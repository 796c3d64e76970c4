import HTTPTypes
import Postgres

/// `/` and `/dashboard`: where people land after sign-in (behaviour.md §12.7).
enum DashboardPages {
    static let routes = ["/", "/dashboard"].map { path in
        Route(
            .get, path: path, summary: "Dashboard", access: .page(.user), response: .string(), handler: show)
    }

    /// Entries shown under "recent".
    private static let recentCount = 5

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let statement = Statement(
            select, [.int(call.principal.userID), .text(call.zone), .int(Int64(Self.recentCount))])
        let rows = try await call.db.query(statement)
        let frame = try await loading
        let sums = try rows.first.map { try Sums($0) } ?? Sums()
        let entries = try ModelRows<Shown>(joined: rows, from: Sums.columnCount).all()
        let todays = entries.filter(\.isToday).map(\.line)
        let recent = entries.filter { !$0.isToday && !$0.line.entry.isRunning }.prefix(recentCount).map(\.line)
        let markup = EntryMarkup(call, now: frame.now)
        var recentMarkup = markup
        recentMarkup.showsDay = true
        return call.page(
            "dashboard", title: "Dashboard", .dashboard, frame,
            [
                "heading": call.format.longDate(sums.today.number),
                "today_sum": PersonFormat.duration(sums.todaySeconds),
                "week_sum": PersonFormat.duration(sums.weekSeconds),
                "month_sum": PersonFormat.duration(sums.monthSeconds),
                "todays_html": markup.list(todays), "has_todays": !todays.isEmpty,
                "recents_html": recentMarkup.list(recent), "has_recents": !recent.isEmpty,
                "charts": StaticAssets.charts.path, "library": ChartLibrary.address(call.app.assets) ?? "",
                "has_library": ChartLibrary.address(call.app.assets) != nil,
            ])
    }

    private struct Sums: RowProjection {
        var today = Day(0)
        var todaySeconds: Int64 = 0
        var weekSeconds: Int64 = 0
        var monthSeconds: Int64 = 0

        static let table = "sums"
        static let alias = "s"
        static let selected = selectList()

        /// Over `bounds b` and `sums s`.
        static func map(_ row: inout some ColumnVisitor, _ sums: inout Sums) {
            row.computed("b.today", &sums.today)
            row.column("today", &sums.todaySeconds)
            row.column("week", &sums.weekSeconds)
            row.column("month", &sums.monthSeconds)
        }
    }

    private struct Shown: RowProjection {
        var line = EntryRow()
        var isToday = false

        static let table = EntryRow.table
        static let alias = EntryRow.alias
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ shown: inout Shown) {
            row.model(&shown.line)
            row.column("is_today", &shown.isToday)
        }
    }

    /// Today's entries and the latest of other days, with the times that the clocks of zone $2 show, and the sums of today,
    /// this week (by the user's first day) and this month.
    private static let select = """
        with clock as (
            select \(LocalDay.day(of: "now()", zone: "$2")) as today, week_start_day from users where id = $1
        ), bounds as materialized (
            select today, \(LocalDay.start(of: "today", zone: "$2")) as first,
                   \(LocalDay.start(of: "(today + 1)", zone: "$2")) as next,
                   \(LocalDay.start(of: "(today - (extract(dow from today)::int - week_start_day + 7) % 7)", zone: "$2")) as week,
                   \(LocalDay.start(of: "date_trunc('month', today)::date", zone: "$2")) as month
            from clock
        ), sums as (
            select coalesce(sum(e.duration_seconds) filter (where e.start_time >= b.first), 0)::bigint as today,
                   coalesce(sum(e.duration_seconds) filter (where e.start_time >= b.week), 0)::bigint as week,
                   coalesce(sum(e.duration_seconds) filter (where e.start_time >= b.month), 0)::bigint as month
            from bounds b left join time_entries e on e.user_id = $1 and e.end_time is not null and e.start_time < b.next
                and e.start_time >= least(b.week, b.month)
        ), shown as (
            select e.*, e.start_time >= b.first and e.start_time < b.next as is_today from bounds b, lateral (
                (select * from time_entries t where t.user_id = $1 and t.start_time >= b.first and t.start_time < b.next
                 order by t.start_time desc, t.id desc limit 100)
                union
                (select * from time_entries t where t.user_id = $1 and t.start_time < b.first and t.end_time is not null
                 order by t.start_time desc, t.id desc limit $3)) e
        )
        select \(Sums.selected), \(Shown.selected)
        from bounds b cross join sums s left join shown e on true \(TimeEntry.joins)
        order by e.start_time desc, e.id desc
        """
}
