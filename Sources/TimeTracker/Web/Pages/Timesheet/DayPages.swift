import HTTPTypes
import Postgres

/// `/timesheet/day`: a day's entries in the order of the day, with gaps and overlaps.
enum DayPages {
    static let routes = [
        Route(
            .get, path: "/timesheet/day", summary: "Day view", access: .page(.user), response: .string(),
            handler: show)
    ]

    /// Entries of a day that are shown.
    private static let most = 300

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        var query = call.query
        let asked = query.text("date").flatMap(EntryForm.day)
        let rows = try await call.db.query(
            Statement(select, [.int(call.principal.userID), .text(call.zone), .init(date: asked)]))
        let frame = try await loading
        guard let head = rows.first else { throw APIError.internalError }
        let (day, today): (Day, Day) = (try head.scalar(0), try head.scalar(1))
        let entries = try ModelRows<EntryRow>(joined: rows, from: 2).all().prefix(most)
        func address(_ day: Int32) -> String { "/timesheet/day?date=\(InstantFormat.dateText(day))" }
        let seconds = entries.reduce(0) { $0 + $1.entry.shownSeconds(now: frame.now) }
        return call.page(
            "day", title: "Day", .timesheet, frame,
            [
                "heading": call.format.longDate(day.number) + (rows.count > most ? " (the first \(most) entries)" : ""),
                "sum": PersonFormat.duration(seconds),
                "previous": address(day.number - 1), "next": address(day.number + 1), "today": "/timesheet/day",
                "is_today": day == today, "date": day.text,
                "views_html": TimesheetView.html(.day, day: day.number),
                "items": items(Array(entries), call, now: frame.now), "has_entries": !entries.isEmpty,
            ])
    }

    /// Entries, and what lies between them.
    private static func items(_ rows: [EntryRow], _ call: Call, now: Instant) -> [[String: Any]] {
        var items: [[String: Any]] = []
        var latest: (instant: Int64, wall: Int64)?
        let back = PercentEncoding.encode(LocalPath.checked(call.exchange.target) ?? "/timesheet/day")
        let markup = EntryMarkup(call, now: now)
        for row in rows {
            if let latest {
                let difference = row.entry.start.microseconds - latest.instant
                if difference >= DayGaps.shortest {
                    let text = PersonFormat.duration(difference / 1_000_000)
                    let from = EntryForm.clock(latest.wall), to = EntryForm.clock(row.start)
                    items.append([
                        "is_gap": true, "text": "\(text) free",
                        "fill":
                            "/entries/new?date=\(InstantFormat.dateText(row.day))&start=\(PercentEncoding.encode(from))&end=\(PercentEncoding.encode(to))&back=\(back)",
                    ])
                } else if difference < 0 {
                    items.append([
                        "is_overlap": true, "text": "Overlaps by \(PersonFormat.duration(-difference / 1_000_000))",
                    ])
                }
            }
            items.append(["is_entry": true, "entries": [row.values(markup)]])
            let start = row.entry.start.microseconds
            let end = (row.entry.end ?? now).microseconds
            if end > latest?.instant ?? .min { latest = (end, row.end ?? row.start + (end - start)) }
        }
        return items
    }

    private static let select = """
        with clock as (select \(LocalDay.day(of: "now()", zone: "$2")) as today),
        shown as materialized (select coalesce($3::date, today) as day, today from clock),
        bounds as materialized (
            select day, today, \(LocalDay.start(of: "day", zone: "$2")) as since,
                   \(LocalDay.start(of: "(day + 1)", zone: "$2")) as until
            from shown)
        select b.day, b.today, \(EntryRow.selected)
        from bounds b left join time_entries e
            on e.user_id = $1 and e.start_time >= b.since and e.start_time < b.until
        \(TimeEntry.joins)
        order by e.start_time, e.id limit \(most + 1)
        """
}
