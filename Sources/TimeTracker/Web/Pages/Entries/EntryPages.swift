import HTTPTypes
import Postgres

/// `/entries/new` and `/timer/edit/{id}`: one entry, made, changed, copied, deleted.
enum EntryPages {
    private static let home = "/entries"

    static let routes = [
        Route(
            .get, path: "/entries/new", summary: "Page to add an entry", access: .page(.user), response: .string(),
            handler: new),
        Route(
            .post, path: "/entries/new", summary: "Add an entry", access: .page(.user), response: .string(),
            handler: create),
        Route(
            .get, path: "/timer/edit/{id}", summary: "Page of an entry", access: .page(.user), response: .string(),
            shows: .timeEntry
        ) { call in try await edit(call, try await row(call), nil) },
        Route(
            .post, path: "/timer/edit/{id}", summary: "Change an entry", access: .page(.user), response: .string(),
            handler: update),
        Route(
            .post, path: "/timer/edit/{id}/delete", summary: "Delete an entry",
            access: .page(.action(of: home)), response: .string(), handler: delete),
        Route(
            .post, path: "/timer/edit/{id}/duplicate", summary: "Copy an entry",
            access: .page(.action(of: home)), response: .string(), handler: duplicate),
        Route(
            .post, path: "/timer/edit/{id}/split", summary: "Cut an entry in two",
            access: .page(.action(of: home)), response: .string(), handler: split),
    ]

    private static func row(_ call: Call) async throws -> EntryRow {
        let entry = try await TimeEntryStore.find(call.id(), call.context)
        guard let row = try await EntryRow.rows([entry], zone: call.zone, call.db).first else {
            throw APIError.notFound("Time entry", call.pathID)
        }
        return row
    }

    // MARK: New

    @Sendable private static func new(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var query = call.query
        let day = try await call.db.query(LocalDay.statement(zone: call.zone)).first?.date(0) ?? 0
        let date = query.text("date").flatMap(EntryForm.day) ?? day
        let place = query.text("place").flatMap { Place($0) }
        let view = FormView(
            EntryForm.creation,
            values: [
                "date": InstantFormat.dateText(date), "billable": "on", "place": place?.text ?? "",
                "start": query.text("start") ?? "", "end": query.text("end") ?? "",
            ])
        return try await creation(call, view, place, back: LocalPath.checked(query.text("back")) ?? home)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let problems: FormProblems
        switch EntryForm(fields: EntryForm.creation, form: form).members() {
        case .failure(let found): problems = found
        case .success(let members):
            switch try await call.carryOut(
                TimeEntryInput.create, members, form: form, TimeEntryCreation.create)
            {
            case .done: return call.seeOther(TimerPages.back(form, or: home), .entrySaved)
            case .refused(let found): problems = found
            }
        }
        let view = FormView(EntryForm.creation, typed: form, problems)
        return try await creation(
            call, view, form.text("place").flatMap { Place($0) }, back: TimerPages.back(form, or: home),
            status: .unprocessableContent)
    }

    private static func creation(
        _ call: Call, _ view: FormView, _ place: Place?, back: String, status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        try await page(call, view, place, ["heading": "Add entry", "action": "/entries/new", "back": back], status)
    }

    // MARK: Change

    /// A row of a list has fewer fields than the page, and what it hasn't must not count as emptied.
    private static func fields(_ row: EntryRow, _ form: FormBody?) -> [FormField] {
        if row.entry.isRunning { return EntryForm.running }
        return form?.text("form") == EntryRowForm.mark ? EntryForm.row : EntryForm.change
    }

    private static func edit(
        _ call: Call, _ row: EntryRow, _ typed: (form: FormBody, problems: FormProblems)?,
        splitting: (at: String, problem: String)? = nil
    ) async throws -> Reply {
        let fields = fields(row, typed?.form)
        var query = call.query
        let back = LocalPath.checked(typed?.form.text("back") ?? query.text("back")) ?? home
        let view =
            typed.map { FormView(fields, typed: $0.form, $0.problems) }
            ?? FormView(fields, values: EntryForm.values(row))
        let place = typed?.form.text("place").flatMap { Place($0) } ?? Place(row.entry)
        let now = Instant.now()
        let own: [String: Any] =
            [
                "heading": row.entry.isRunning ? "Running entry" : "Entry", "action": "/timer/edit/\(row.entry.id)",
                "back": back, "is_stored": true, "entry_id": "\(row.entry.id)", "is_running": row.entry.isRunning,
                "seen": row.entry.updatedAt.text, "has_owner": row.entry.userID.number != call.principal.userID,
                "owner": row.entry.username ?? "", "source": row.entry.source,
                "length": PersonFormat.duration(row.entry.shownSeconds(now: now)),
            ]
        var values = own.merging(EntrySplitForm.values(row, call.format, splitting)) { $1 }
        if let mark = typed?.form.text("form"), mark == EntryRowForm.mark { values["form_mark"] = mark }
        return try await page(
            call, view, place.text == Place(row.entry).text ? Place(row.entry) : place, values,
            typed == nil && splitting == nil ? .ok : .unprocessableContent)
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let row = try await row(call)
        let fields = fields(row, form)
        let problems: FormProblems
        switch EntryForm(fields: fields, form: form, old: row).members() {
        case .failure(let found): problems = found
        case .success(var members):
            if let seen = form.text("seen") { members.append(("if_updated_at", .string(RawText(seen)))) }
            switch try await call.carryOut(TimeEntryInput.update, members, form: form, TimeEntryResource.update) {
            case .done: return call.seeOther(TimerPages.back(form, or: home), .entrySaved)
            case .refused(let found): problems = found
            }
        }
        return try await edit(call, row, (form, problems))
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        switch try await call.carryOut(TimeEntryInput.update, [], form: form, TimeEntryResource.delete) {
        case .done: return call.seeOther(TimerPages.back(form, or: home), .entryDeleted)
        case .refused(let problems): return try await edit(call, try await row(call), (form, problems))
        }
    }

    /// A second entry with everything that the first one has; then it is open to be changed.
    @Sendable private static func duplicate(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let row = try await row(call)
        let entry = row.entry
        let members = copy(row, daysLater: 0)
        guard !entry.isRunning else { return call.seeOther(TimerPages.back(form, or: home), .timerRuns) }
        switch try await call.carryOut(TimeEntryInput.create, members, form: form, TimeEntryCreation.create) {
        case .done(let answer):
            let id = answer.id(of: "time_entry") ?? entry.id.number
            let back = PercentEncoding.encode(TimerPages.back(form, or: home))
            return call.seeOther("/timer/edit/\(id)?back=\(back)", .entryCopied)
        case .refused(let problems):
            var view = FormView(EntryForm.creation, values: EntryForm.values(row))
            view.problems = problems
            return try await creation(
                call, view, Place(entry), back: TimerPages.back(form, or: home), status: .unprocessableContent)
        }
    }

    /// The members that make another entry like a completed one: at the same instants, or days later at the same times of day.
    static func copy(_ row: EntryRow, daysLater days: Int64) -> [(String, JSONValue)] {
        let entry = row.entry
        func text(_ value: String?) -> JSONValue { value.map { .string(RawText($0)) } ?? .null }
        func later(_ wall: Int64) -> JSONValue { EntryForm.text(wall + days * InstantFormat.microsecondsPerDay) }
        return Place(entry).members + [
            ("start_time", days == 0 ? text(entry.start.text) : later(row.start)),
            ("end_time", days == 0 ? text(entry.end?.text) : row.end.map(later) ?? .null),
            ("break_seconds", .number("\(entry.breakSeconds)")), ("notes", text(entry.notes)),
            ("tags", text(entry.tags)), ("billable", .bool(entry.isBillable)),
        ]
    }

    @Sendable private static func split(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let row = try await row(call)
        let problem: String
        switch EntrySplitForm.time(form, row) {
        case .failure(let found): problem = found.message
        case .success(let at):
            switch try await call.carryOut(EntrySplitForm.body, [("at", at)], form: form, EntrySplitForm.split) {
            case .done: return call.seeOther(TimerPages.back(form, or: home), .entrySplit)
            case .refused(let found):
                problem = found.listed([]).compactMap { $0["text"] as? String }.joined(separator: " ")
            }
        }
        return try await edit(call, row, nil, splitting: (form.trimmed("at"), problem))
    }

    private static func page(
        _ call: Call, _ view: FormView, _ place: Place?, _ values: [String: Any], _ status: HTTPResponse.Status
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        let places = try await Places.find("", call)
        let frame = try await loading
        var view = view
        view.places = Places.options(places, recent: frame.recent, chosen: place)
        return call.page(
            "entry_page", title: values["heading"] as? String ?? "Entry", .entries, frame, status: status,
            values.merging(view.context) { $1 })
    }
}
