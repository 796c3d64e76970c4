import HTTPTypes
import Postgres

/// `/timesheet/calendar`: a week with the hours of the day, in which entries are moved, stretched and cut.
enum CalendarPages {
    static let path = "/timesheet/calendar"

    static let routes = [
        Route(.get, path: path, summary: "Calendar view", access: .page(.user), response: .string()) { call in
            var query = call.query
            return try await page(call, week: query.text("week").flatMap(EntryForm.day))
        },
        Route(
            .post, path: "/timesheet/calendar/shift", summary: "Move or stretch an entry",
            access: .page(.action(of: path)), response: .string(), handler: shift),
    ]

    // MARK: Page

    private static func page(_ call: Call, week asked: Int32?, problems: FormProblems? = nil) async throws -> Reply {
        async let loading = Frame.load(call)
        let format = call.format
        let week = try await CalendarWeek.load(asked, call)
        let frame = try await loading
        let days = week.first..<(week.first + 7)
        let here = TimesheetView.calendar.address(week.first)
        var values: [String: Any] = [
            "heading": "\(format.date(week.first)) – \(format.date(week.first + 6))",
            "sum": PersonFormat.duration(week.seconds), "back": here,
            "views_html": TimesheetView.html(.calendar, day: days.contains(week.today) ? week.today : week.first),
            "previous": TimesheetView.calendar.address(week.first - 7),
            "next": TimesheetView.calendar.address(week.first + 7), "this": path,
            "is_this_week": days.contains(week.today), "calendar_script": StaticAssets.calendar.path,
            "calendar_html": CalendarMarkup(call, back: here).html(week),
            "is_cut": week.isCut,
        ]
        if let problems {
            values["has_problems"] = true
            values["has_errors"] = true
            values["problems"] = problems.listed([])
        }
        return call.page(
            "calendar", title: "Calendar", .timesheet, frame, status: problems == nil ? .ok : .unprocessableContent,
            values)
    }

    // MARK: Change

    /// Minutes by which a start or an end is moved.
    private static let reach: ClosedRange<Int64> = -20_160...20_160

    /// Moves start and end by minutes, so that seconds that nobody sees stay.
    @Sendable private static func shift(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        func minutes(_ name: String) -> Int64? {
            Int64(form.trimmed(name)).flatMap { reach.contains($0) ? $0 : nil }
        }
        guard let id = Int64(form.trimmed("entry_id")), let from = minutes("from"), let to = minutes("to") else {
            throw APIError.malformedForm
        }
        let back = TimerPages.back(form, or: path)
        let entry = try await TimeEntryStore.find(ID(id), call.context)
        let rows = try await EntryRow.rows([entry], zone: call.zone, call.db)
        let problems: FormProblems
        if let row = rows.first, let end = row.end {
            var members: [(String, JSONValue)] = []
            if from != 0 { members.append(("start_time", EntryForm.text(row.start + from * 60_000_000))) }
            if to != 0 { members.append(("end_time", EntryForm.text(end + to * 60_000_000))) }
            if let seen = form.text("seen") { members.append(("if_updated_at", .string(RawText(seen)))) }
            switch try await call.carryOut(
                TimeEntryInput.update, members, form: form, part: ":\(id)", ids: [id], TimeEntryResource.update)
            {
            case .done: return call.seeOther(back, .entrySaved)
            case .refused(let found): problems = found
            }
        } else {
            problems = FormProblems(general: "A running timer has to be stopped first.")
        }
        let week = back.split(separator: "=").last.map(String.init).flatMap(EntryForm.day)
        return try await page(call, week: week, problems: problems)
    }
}
