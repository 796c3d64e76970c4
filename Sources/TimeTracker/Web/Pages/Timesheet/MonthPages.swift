import HTTPTypes
import Postgres

/// `/timesheet/month`: the days of a month with their hours, and where they overlap.
enum MonthPages {
    static let routes = [
        Route(
            .get, path: "/timesheet/month", summary: "Month view", access: .page(.user), response: .string(),
            handler: show)
    ]

    /// What was worked on a place on a day.
    private struct Sum {
        let day: Int32
        let name: String
        let seconds: Int64
    }

    /// A ``Sum``; or of a day's overlaps, minus their number.
    private struct Line: RowProjection {
        /// Days since the first that is shown.
        var day: Int32 { Int32(truncatingIfNeeded: number) }
        private var number: Int64 = 0
        var name = ""
        var seconds: Int64 = 0

        static let table = "sums"
        static let alias = "s"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ line: inout Line) {
            row.column("n", &line.number)
            row.column("name", &line.name)
            row.column("seconds", &line.seconds, read: "coalesce(s.seconds, 0)")
        }
    }

    /// Places of a day that are named; the others are added up.
    private static let shownPlaces = 3

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        var query = call.query
        let asked = query.text("month").flatMap(EntryForm.day)
        let format = call.format
        let rows = try await call.db.query(
            Statement(
                select,
                [.int(call.principal.userID), .text(call.zone), .init(date: asked), .int(Int64(format.weekStart))]))
        let frame = try await loading
        guard let head = rows.first else { throw APIError.internalError }
        let days: (today: Day, month: Day, first: Day) = (
            try head.scalar(0), try head.scalar(1), try head.scalar(2)
        )
        let (today, month, first) = (days.today.number, days.month.number, days.first.number)
        let lines = try ModelRows<Line>(joined: rows, from: 3).all()
        let sums = lines.filter { $0.seconds >= 0 }.map {
            Sum(day: first + $0.day, name: $0.name, seconds: $0.seconds)
        }
        let overlaps = Dictionary(
            uniqueKeysWithValues: lines.filter { $0.seconds < 0 }.map { (first + $0.day, -$0.seconds) })
        let date = CivilDate(daysSince2000: month)
        let next = CivilDate(
            year: date.month == 12 ? date.year + 1 : date.year, month: date.month == 12 ? 1 : date.month + 1, day: 1
        ).daysSince2000
        let ownSeconds = sums.filter { $0.day >= month && $0.day < next }.reduce(0) { $0 + $1.seconds }
        return call.page(
            "month", title: "Month", .timesheet, frame,
            [
                "heading": "\(names[date.month - 1]) \(date.year)", "sum": PersonFormat.duration(ownSeconds),
                "views_html": TimesheetView.html(.month, day: today >= month && today < next ? today : month),
                "previous": TimesheetView.month.address(month - 1), "next": TimesheetView.month.address(next),
                "this": TimesheetView.month.address(nil), "is_this_month": today >= month && today < next,
                "grid_html": grid(first, month..<next, today, sums, overlaps, format),
            ])
    }

    private static let names = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static func grid(
        _ first: Int32, _ month: Range<Int32>, _ today: Int32, _ sums: [Sum], _ overlaps: [Int32: Int64],
        _ format: PersonFormat
    ) -> HTML {
        let byDay = Dictionary(grouping: sums, by: \.day)
        var html = HTMLWriter(capacity: 16 * 1024)
        html.literal("<table class=\"month\"><caption class=\"unseen\">Hours by day</caption><thead><tr>")
        for day in first..<(first + 7) {
            html.literal("<th scope=\"col\"><abbr title=\"")
            html.text(PersonFormat.weekday(day))
            html.literal("\">")
            html.text(String(PersonFormat.weekday(day).prefix(3)))
            html.literal("</abbr></th>")
        }
        html.literal("<th scope=\"col\">Week</th></tr></thead><tbody>\n")
        var week = first
        while week < month.upperBound {
            html.literal("<tr>")
            for day in week..<(week + 7) {
                writeDay(
                    day, isOther: !month.contains(day), isToday: day == today, byDay[day] ?? [], overlaps[day], format,
                    to: &html)
            }
            let seconds = (week..<(week + 7)).reduce(Int64(0)) { sum, day in
                sum + (byDay[day] ?? []).reduce(0) { $0 + $1.seconds }
            }
            html.literal("<td class=\"num total\"><a href=\"")
            html.text(TimesheetView.week.address(week))
            html.literal("\" aria-label=\"Week from ")
            html.text(format.date(week))
            html.literal("\">")
            html.text(PersonFormat.duration(seconds))
            html.literal("</a></td></tr>\n")
            week += 7
        }
        html.literal("</tbody></table>")
        return html.finish()
    }

    private static func writeDay(
        _ day: Int32, isOther: Bool, isToday: Bool, _ sums: [Sum], _ overlaps: Int64?, _ format: PersonFormat,
        to html: inout HTMLWriter
    ) {
        html.literal(isToday ? "<td class=\"today\">" : isOther ? "<td class=\"other\">" : "<td>")
        html.literal("<a class=\"date\" href=\"")
        html.text(TimesheetView.day.address(day))
        html.literal("\" aria-label=\"")
        html.text(format.longDate(day))
        html.literal("\">")
        html.number(Int64(CivilDate(daysSince2000: day).day))
        html.literal("</a>")
        let seconds = sums.reduce(0) { $0 + $1.seconds }
        if seconds > 0 {
            html.literal("<strong class=\"num\">")
            html.text(PersonFormat.duration(seconds))
            html.literal("</strong>")
        }
        if let overlaps {
            html.literal("<span class=\"chip warn\">")
            html.text(overlaps == 1 ? "1 overlap" : "\(overlaps) overlaps")
            html.literal("</span>")
        }
        if !sums.isEmpty {
            html.literal("<ul>")
            for sum in sums.prefix(shownPlaces) { writePlace(sum.name, sum.seconds, to: &html) }
            let rest = sums.dropFirst(shownPlaces)
            if !rest.isEmpty { writePlace("\(rest.count) more", rest.reduce(0) { $0 + $1.seconds }, to: &html) }
            html.literal("</ul>")
        }
        html.literal("</td>")
    }

    private static func writePlace(_ name: String, _ seconds: Int64, to html: inout HTMLWriter) {
        html.literal("<li><span>")
        html.text(name)
        html.literal("</span> <span class=\"num\">")
        html.text(PersonFormat.duration(seconds))
        html.literal("</span></li>")
    }

    /// Sums by day and place, and for each day with overlaps minus their number. Six weeks hold every month.
    private static let select = """
        with clock as (select \(LocalDay.day(of: "now()", zone: "$2")) as today),
        month as materialized (
            select today, date_trunc('month', coalesce($3::date, today))::date as first from clock
        ), grid as materialized (
            select today, first, first - (extract(dow from first)::int - $4::int + 7) % 7 as begins from month
        ), days as materialized (
            select n, \(LocalDay.start(of: "(begins + n)", zone: "$2")) as since,
                   \(LocalDay.start(of: "(begins + n + 1)", zone: "$2")) as until
            from grid, generate_series(0, 41) as n
        ), worked as materialized (
            select d.n, e.project_id, e.client_id, e.start_time, e.end_time, e.duration_seconds,
                   max(e.end_time) over (partition by d.n order by e.start_time, e.id
                                         rows between unbounded preceding and 1 preceding) > e.start_time as is_over
            from days d join time_entries e on e.user_id = $1 and e.start_time >= d.since and e.start_time < d.until
                and e.end_time is not null
        ), sums as (
            select w.n, coalesce(p.name, c.name) as name, sum(w.duration_seconds)::bigint as seconds
            from worked w left join projects p on p.id = w.project_id left join clients c on c.id = w.client_id
            group by w.n, 2
            union all
            select n, '', -count(*) from worked where is_over group by n
        )
        select g.today, g.first, g.begins, \(Line.selected)
        from grid g left join sums s on true order by s.n, s.seconds desc, s.name
        """
}
