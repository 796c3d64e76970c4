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
        let rows = Array(try await call.db.query(statement))
        let frame = try await loading
        let today = rows.first?.date(0) ?? 0
        let sums: [Int64] = rows.first.map { row in [row.int(1), row.int(2), row.int(3)] } ?? [0, 0, 0]
        let entries = try rows.filter { !$0.isNull(7) }.map { row in
            (
                row: EntryRow(
                    entry: try TimeEntry(row, from: 7), start: row.timestamp(4), end: row.timestampOrNull(5)),
                isToday: row.bool(6)
            )
        }
        let todays = entries.filter(\.isToday).map(\.row)
        let recent = entries.filter { !$0.isToday && !$0.row.entry.isRunning }.prefix(recentCount).map(\.row)
        let markup = EntryMarkup(call, now: frame.now)
        var recentMarkup = markup
        recentMarkup.showsDay = true
        return call.page(
            "dashboard", title: "Dashboard", .dashboard, frame,
            [
                "heading": call.format.longDate(today),
                "today_sum": PersonFormat.duration(sums[0]), "week_sum": PersonFormat.duration(sums[1]),
                "month_sum": PersonFormat.duration(sums[2]),
                "todays_html": markup.list(todays), "has_todays": !todays.isEmpty,
                "recents_html": recentMarkup.list(recent), "has_recents": !recent.isEmpty,
                "charts": StaticAssets.charts.path, "library": ChartLibrary.address(call.app.assets) ?? "",
                "has_library": ChartLibrary.address(call.app.assets) != nil,
            ])
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
        select b.today, s.today, s.week, s.month, e.start_time at time zone $2, e.end_time at time zone $2, e.is_today,
               \(TimeEntry.selected)
        from bounds b cross join sums s left join shown e on true \(TimeEntry.joins)
        order by e.start_time desc, e.id desc
        """
}
