import HTTPTypes
import Postgres

/// `/timesheet`: a week as a grid of places and days.
enum TimesheetPages {
    static let routes = [
        Route(
            .get, path: "/timesheet", summary: "Week grid", access: .page(.user), response: .string(), handler: show),
        Route(
            .post, path: "/timesheet", summary: "Save the week grid", access: .page(.user), response: .string(),
            handler: save),
    ]

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        var query = call.query
        let asked = query.text("week").flatMap(EntryForm.day).map(call.format.startOfWeek)
        var week = try await TimesheetWeek.load(asked, call)
        // Lines without hours yet: those of the week before, or one that was chosen.
        if query.text("lines") == "last" {
            for line in try await TimesheetWeek.load(week.first - 7, call).lines { _ = week.index(of: line.place) }
        }
        if let text = query.text("place"), let place = Place(text) {
            let known = try await Places.find("", call).first { $0.text == place.text }
            if let known { _ = week.index(of: known) }
        }
        return try await page(call, week)
    }

    @Sendable private static func save(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        let form = try call.exchange.form
        guard let first = form.text("week").flatMap(EntryForm.day) else { throw APIError.malformedForm }
        let address = "/timesheet?week=\(InstantFormat.dateText(first))"
        let week = try await TimesheetWeek.load(first, call)
        var (changes, problems) = TimesheetChange.read(form, week)
        // Each cell is a change of its own; those that are refused keep what was typed, and say why.
        if problems.isEmpty {
            var current = week
            for change in changes {
                if let refusal = try await change.carryOut(current, form, call) {
                    problems[change.name] = refusal.listed([]).compactMap { $0["text"] as? String }.joined(
                        separator: " ")
                } else {
                    current = try await TimesheetWeek.load(first, call)
                }
            }
        }
        guard !problems.isEmpty else { return call.seeOther(address, .weekSaved) }
        var now = try await TimesheetWeek.load(first, call)
        for change in changes { _ = now.index(of: change.place) }
        return try await page(call, now, typed: form, problems)
    }

    private static func page(
        _ call: Call, _ week: TimesheetWeek, typed: FormBody? = nil, _ problems: [String: String] = [:]
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        let places = try await Places.find("", call)
        let frame = try await loading
        var week = week
        // A line that was added without hours has no name yet.
        for place in places { week.name(place) }
        let format = call.format
        let days = (0..<7).map { week.first + Int32($0) }
        func address(_ first: Int32) -> String { "/timesheet?week=\(InstantFormat.dateText(first))" }
        var values: [String: Any] = [
            "week_script": StaticAssets.week.path, "first": InstantFormat.dateText(week.first),
            "heading": "\(format.date(week.first)) – \(format.date(week.first + 6))"
                + (week.isCut ? " (too many entries: some are left out)" : ""),
            "previous": address(week.first - 7), "next": address(week.first + 7), "this": "/timesheet",
            "views_html": TimesheetView.html(
                .week, day: days.contains(week.today) ? week.today : week.first),
            "copy": address(week.first) + "&lines=last", "is_this_week": days.contains(week.today),
            "days": days.enumerated().map { index, day in
                [
                    "weekday": PersonFormat.weekday(day), "short": String(PersonFormat.weekday(day).prefix(3)),
                    "date": format.date(day), "is_today": day == week.today,
                    "address": "/timesheet/day?date=\(InstantFormat.dateText(day))",
                    "day_sum": PersonFormat.duration(week.seconds(day: index)), "spoken_day": format.longDate(day),
                ] as [String: Any]
            },
            "lines_html": WeekMarkup(call, week, typed: typed, problems: problems).lines(),
            "has_lines": !week.lines.isEmpty,
            "week_sum": PersonFormat.duration(week.seconds),
            "places_html": Places.options(places, recent: frame.recent, chosen: nil),
            "has_problems": !problems.isEmpty,
        ]
        if !problems.isEmpty {
            values["has_errors"] = true
            values["problems"] = problems.sorted { $0.key < $1.key }.map { name, text in
                ["text": "\(spoken(name, week, format)): \(text)"]
            }
        }
        return call.page(
            "timesheet", title: "Timesheet", .timesheet, frame,
            status: problems.isEmpty ? .ok : .unprocessableContent, values)
    }

    private static func spoken(_ name: String, _ week: TimesheetWeek, _ format: PersonFormat) -> String {
        guard let (place, day) = TimesheetChange.cell(name), let line = week.line(of: place) else { return "A cell" }
        return "\(line.place.name), \(format.longDate(week.first + Int32(day)))"
    }
}
