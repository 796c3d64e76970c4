import HTTPTypes
import Postgres

/// The timer: its forms, the page for those without scripts, and what tabs ask for to agree with each other.
enum TimerPages {
    static let routes =
        [
            Route(
                .get, path: "/timer", summary: "Page to start a timer", access: .page(.user), response: .string()
            ) { call in try await page(call, FormView(fields, values: ["billable": "on"])) },
            Route(
                .get, path: "/timer/bar", summary: "The timer alone, for scripts", access: .page(.user),
                response: .string(), handler: bar),
            Route(
                .get, path: "/timer/places", summary: "Places to book time on, for scripts", access: .session,
                response: .object(name: "Places"), handler: places),
            Route(
                .post, path: "/timer/start", summary: "Start a timer", access: .page(.action(of: "/timer")),
                response: .string(), handler: start),
            Route(
                .post, path: "/timer/continue", summary: "Start a timer for what an entry was about",
                access: .page(.action(of: "/dashboard")), response: .string(), handler: goOn),
        ] + actions + LiveTimerRoutes.routes

    private static let actions: [Route] = [
        ("stop", TimerResource.stopBody, Flash.timerStopped, TimerResource.stop),
        ("pause", TimerResource.stopBody, .timerPaused, TimerResource.pause),
        ("resume", TimerResource.stopBody, .timerResumed, TimerResource.resume),
        ("discard", TimerResource.stopBody, .timerDiscarded, discard),
        ("working", TimerResource.stopBody, .timerGoesOn, TimerResource.heartbeat),
    ].map { (name: String, schema: BodySchema, flash: Flash, operation: @escaping Route.Handler) in
        Route(
            .post, path: "/timer/\(name)", summary: "The timer's \(name) button",
            access: .page(.action(of: "/dashboard")), response: .string()
        ) { call in
            let form = try call.exchange.form
            let timer = form.text("entry_id").flatMap { Int64($0) }
            var members = timer.map { [("entry_id", JSONValue.number("\($0)"))] } ?? []
            // Where somebody was idle the timer can be stopped at the last sign of work.
            if let time = form.text("stop_time") { members.append(("stop_time", .string(RawText(time)))) }
            switch try await call.carryOut(schema, members, form: form, ids: [], operation) {
            case .done: return call.seeOther(back(form), flash)
            // Another tab or device was faster.
            case .refused: return call.seeOther(back(form), .timerGone)
            }
        }
    }

    @Sendable private static func discard(_ call: Call) async throws -> Reply {
        let timer = try call.exchange.form.text("entry_id").flatMap { Int64($0) }
        return try await call.change { tx in
            try await TimerOperations.discard(timer, call.context, in: tx)
            return .message("Timer discarded")
        }
    }

    /// Where a form stands.
    static func back(_ form: FormBody, or fallback: String = "/dashboard") -> String {
        LocalPath.checked(form.text("back")) ?? fallback
    }

    // MARK: Start

    private static let fields = [
        FormField(name: "place", label: "Project or task", control: .place, isRequired: true),
        FormField(name: "notes", label: "Notes", control: .area(rows: 2), maxLength: 5000),
        FormField(name: "tags", label: "Tags", hint: "Separated by commas.", maxLength: 500),
    ]

    @Sendable private static func start(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        let place = form.text("place").flatMap { Place($0) }
        guard let place, place.projectID != nil else {
            return try await page(
                call, FormView(fields, typed: form, FormProblems("place", "Choose what the time is for.")),
                place: place, status: .unprocessableContent)
        }
        let members =
            place.members
            + fields.dropFirst().compactMap { field in
                field.value(in: form).map { (field.name, $0) }
            }
        switch try await call.carryOut(
            TimeEntryInput.timerStart, members, form: form, ids: [], TimeEntryCreation.startTimer)
        {
        case .done: return call.seeOther(back(form), .timerStarted)
        case .refused(let problems):
            return try await page(
                call, FormView(fields, typed: form, problems), place: place, status: .unprocessableContent)
        }
    }

    /// A new timer with the place, notes and tags of an entry.
    @Sendable private static func goOn(_ call: Call) async throws -> Reply {
        let form = try call.exchange.form
        guard let id = form.text("entry_id").flatMap({ Int64($0) }) else { throw APIError.malformedForm }
        let entry = try await TimeEntryStore.find(ID(id), call.context)
        func text(_ value: String?) -> JSONValue { value.map { .string(RawText($0)) } ?? .null }
        let members =
            Place(entry).members + [
                ("notes", text(entry.notes)), ("tags", text(entry.tags)), ("billable", .bool(entry.isBillable)),
            ]
        switch try await call.carryOut(
            TimeEntryInput.timerStart, members, form: form, part: ":\(id)", ids: [], TimeEntryCreation.startTimer)
        {
        case .done: return call.seeOther(back(form), .timerStarted)
        case .refused(let problems):
            return call.seeOther(
                back(form), problems.code == "timer_already_running" ? .timerRuns : .timerRefused)
        }
    }

    private static func page(
        _ call: Call, _ view: FormView, place: Place? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Reply {
        async let loading = Frame.load(call)
        let places = try await Places.find("", call)
        let frame = try await loading
        var view = view
        view.places = Places.options(places, recent: frame.recent, chosen: place)
        var values = view.context
        values["is_running"] = frame.timer != nil
        values["idle_minutes"] = "\(call.settings.idleTimeoutMinutes)"
        return call.page("timer_page", title: "Timer", nil, frame, status: status, values)
    }

    // MARK: For scripts

    @Sendable private static func bar(_ call: Call) async throws -> Reply {
        var query = call.query
        let back = LocalPath.checked(query.text("back")) ?? "/dashboard"
        return call.page("timer_bar", title: "Timer", nil, try await Frame.load(call), ["timer_back": back])
    }

    @Sendable private static func places(_ call: Call) async throws -> Reply {
        var query = call.query
        let text = query.text("q") ?? ""
        try query.finish()
        let places = try await Places.find(text, most: 50, call)
        return .json(capacity: 4096) { json in
            json.beginObject()
            json.key("choices")
            json.beginArray()
            for place in places {
                json.beginObject()
                json.key("value")
                json.value(place.text)
                json.key("text")
                json.value(place.name)
                json.key("group")
                json.value(place.clientName)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}
