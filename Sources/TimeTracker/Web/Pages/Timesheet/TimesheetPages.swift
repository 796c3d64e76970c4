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
        Route(
            .post, path: "/timesheet/copy", summary: "Copy last week's entries",
            access: .page(.action(of: "/timesheet")), response: .string(), handler: copy),
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
        return try await page(call, week, changed: query.integer("changed"))
    }

    @Sendable private static func save(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        let form = try call.exchange.form
        guard let first = form.text("week").flatMap(EntryForm.day) else { throw APIError.malformedForm }
        let address = "/timesheet?week=\(InstantFormat.dateText(first))"
        let week = try await TimesheetWeek.load(first, call)
        var (changes, problems) = TimesheetChange.read(form, week)
        // Each cell is a change of its own; those that are refused keep what was typed, and say why.
        var batch: Int64?
        if problems.isEmpty, !changes.isEmpty {
            let ids = changes.flatMap { week.cell($0.place, day: $0.day).entries }
            let (refusals, done) = try await inBatch(ids, call) { made in
                var refusals: [String: String] = [:]
                var current = week
                for (index, change) in changes.enumerated() {
                    if let refusal = try await change.carryOut(current, form, call, made: &made) {
                        refusals[change.name] = refusal.texts.joined(separator: " ")
                    } else if changes[(index + 1)...].contains(where: { $0.day == change.day }) {
                        // The other days are as they were.
                        current = try await TimesheetWeek.load(first, call)
                    }
                }
                return refusals
            }
            (problems, batch) = (refusals, done)
        }
        guard !problems.isEmpty else {
            guard let batch else { return call.seeOther(address, .weekSaved) }
            return call.seeOther(address + "&changed=\(batch)")
        }
        var now = try await TimesheetWeek.load(first, call)
        for change in changes { _ = now.index(of: change.place) }
        return try await page(call, now, typed: form, problems, changed: batch)
    }

    /// Carries out changes that can be taken back together.
    ///
    /// - Parameters:
    ///   - ids: of the entries that they change.
    ///   - change: adds the ids of those that it makes.
    /// - Returns: the batch; nil when nothing has been changed.
    private static func inBatch<Value>(
        _ ids: [Int64], _ call: Call, _ change: (inout [Int64]) async throws -> Value
    ) async throws -> (Value, batch: Int64?) {
        let batch = try await EntryBatch.begin(ids, call.context)
        var made: [Int64] = []
        let value = try await change(&made)
        return (value, try await EntryBatch.end(batch, made: made, call.context) > 0 ? batch : nil)
    }

    /// Entries of a week that are copied.
    private static let mostCopied = 100

    /// The entries of the week before, seven days later at the same times of day: those of places that have nothing on that
    /// day yet.
    @Sendable private static func copy(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        let form = try call.exchange.form
        guard let first = form.text("week").flatMap(EntryForm.day) else { throw APIError.malformedForm }
        let address = "/timesheet?week=\(InstantFormat.dateText(first))"
        let (week, before) = (try await TimesheetWeek.load(first, call), try await TimesheetWeek.load(first - 7, call))
        let ids = before.lines.flatMap { line in
            line.cells.enumerated().flatMap { day, cell in
                week.cell(line.place, day: day).entries.isEmpty ? cell.entries : []
            }
        }
        guard !ids.isEmpty else { return call.seeOther(address, .nothingToCopy) }
        guard ids.count <= mostCopied, !before.isCut else {
            return try await page(
                call, week, ["": "Last week has more than \(mostCopied) entries: add them by hand."])
        }
        let entries = try await TimeEntryStore.list(ids, call.context)
        let rows = try await EntryRow.rows(entries, zone: call.zone, call.db)
        let (refusals, batch) = try await inBatch([], call) { made in
            var refusals: [String: String] = [:]
            for row in rows {
                let result = try await call.carryOut(
                    TimeEntryInput.create, EntryPages.copy(row, daysLater: 7), form: form, part: ":\(row.entry.id)",
                    TimeEntryCreation.create)
                switch result {
                case .done(let answer): if let id = answer.id(of: "time_entry") { made.append(id) }
                case .refused(let problems):
                    let name = TimesheetChange.name(Place(row.entry), day: Int(row.day - before.first))
                    refusals[name] = problems.texts.joined(separator: " ")
                }
            }
            return refusals
        }
        guard refusals.isEmpty else {
            return try await page(call, try await TimesheetWeek.load(first, call), refusals, changed: batch)
        }
        return call.seeOther(batch.map { address + "&changed=\($0)" } ?? address)
    }

    private static func page(
        _ call: Call, _ week: TimesheetWeek, typed: FormBody? = nil, _ problems: [String: String] = [:],
        changed: Int64? = nil
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        async let changing = BulkEntryPages.change(changed, call)
        let places = try await Places.find("", call)
        let frame = try await loading
        var week = week
        // A line that was added without hours has no name yet.
        for place in places { week.name(place) }
        let format = call.format
        let days = (0..<7).map { week.first + Int32($0) }
        func address(_ first: Int32) -> String { "/timesheet?week=\(InstantFormat.dateText(first))" }
        let gaps = (0..<7).map { week.gaps(day: $0) }
        var values: [String: Any] = [
            "week_script": StaticAssets.week.path, "first": InstantFormat.dateText(week.first),
            "heading": "\(format.date(week.first)) – \(format.date(week.first + 6))"
                + (week.isCut ? " (too many entries: some are left out)" : ""),
            "previous": address(week.first - 7), "next": address(week.first + 7), "this": "/timesheet",
            "views_html": TimesheetView.html(
                .week, day: days.contains(week.today) ? week.today : week.first),
            "copy": address(week.first) + "&lines=last", "is_this_week": days.contains(week.today),
            "has_gaps": gaps.contains { $0 != DayGaps([]) },
            "days": days.enumerated().map { index, day in
                [
                    "gap": PersonFormat.duration(gaps[index].seconds), "has_gap": gaps[index].seconds > 0,
                    "overlaps": gaps[index].overlaps == 1 ? "1 overlap" : "\(gaps[index].overlaps) overlaps",
                    "has_overlaps": gaps[index].overlaps > 0,
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
            "has_problems": !problems.isEmpty, "back": address(week.first), "is_bookable": !week.isCut,
        ]
        values["change"] = try await changing
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
        guard let (place, day) = TimesheetChange.cell(name) else { return "Last week" }
        guard let line = week.line(of: place) else { return format.longDate(week.first + Int32(day)) }
        return "\(line.place.name), \(format.longDate(week.first + Int32(day)))"
    }
}
