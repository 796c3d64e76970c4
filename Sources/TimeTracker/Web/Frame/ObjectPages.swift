import HTTPTypes

/// The pages that make and change an object of a plain resource: its form, and what becomes of a form that is sent. They do what
/// the routes of ``ObjectRoutes`` do, by the same operations.
///
/// The list, an object's page and all others stand beside them, as routes of ``route(_:_:_:form:isHeavy:_:)``.
struct ObjectPages<Model: StoredObject>: Sendable {
    /// Address of the list; an object's is its id behind it.
    let home: String
    /// The object's name in replies.
    let key: String
    let place: Navigation
    let module: Module?
    let body: ModelBody<Model>
    let saved: Flash
    /// Whether objects have pages; if not, forms lead back to the list.
    var haveTheirOwn = true
    let fields: @Sendable (Call) async throws -> [FormField]
    /// What the form of a new object begins with.
    var defaults: @Sendable (Call) -> [String: String] = { _ in [:] }
    let name: @Sendable (Model) -> String
    let values: @Sendable (Model) -> [String: String]

    /// To make one, and to change one.
    var routes: [Route] {
        [
            route(.get, "/new", "Page to make \(Model.one)") { call in
                try call.principal.requireWriter()
                return try await form(call, nil, FormView(try await fields(call), values: defaults(call)))
            },
            route(.post, "/new", "Make \(Model.one)", create),
            route(.get, "/{id}/edit", "Page to change \(Model.one)") { call in
                try call.principal.requireWriter()
                let object = try await ObjectStore<Model>.find(call.id(), call.context)
                return try await form(call, object, FormView(try await fields(call), values: values(object)))
            },
            route(.post, "/{id}/edit", "Change \(Model.one)", update),
        ]
    }

    /// To delete one.
    ///
    /// - Parameter refused: what is said when something refers to it.
    func removal(_ done: Flash, refused: Flash) -> Route {
        route(.post, "/{id}/delete", "Delete \(Model.one)") { call in
            let typed = try call.exchange.form
            switch try await call.carryOut(
                body.schema, [], form: typed, { try await $0.remove(Model.self, JSONKey(name: key), "Done") })
            {
            case .done: return call.seeOther(home, done)
            case .refused: return call.seeOther(address(of: call.pathID), refused)
            }
        }
    }

    /// To take one out of use, and into use again, where `is_active` says which it is.
    var uses: [Route] {
        [
            route(.post, "/{id}/deactivate", "Take \(Model.one) out of use", form: home) { call in
                let typed = try call.exchange.form
                _ = try await call.carryOut(
                    body.schema, [], form: typed, { try await $0.remove(Model.self, JSONKey(name: key), "Done") })
                return call.seeOther(address(of: call.pathID), saved)
            },
            route(.post, "/{id}/activate", "Take \(Model.one) into use again", form: home) { call in
                let typed = try call.exchange.form
                _ = try await call.carryOut(
                    body.schema, [("is_active", .bool(true))], form: typed,
                    { try await $0.update(body, JSONKey(name: key), "Saved") })
                return call.seeOther(address(of: call.pathID), saved)
            },
        ]
    }

    /// A route of these pages. Viewers who send a form are told that they may not, whatever they have sent.
    ///
    /// - Parameters:
    ///   - path: behind ``home``.
    ///   - form: address of the page with the form, when it isn't the list.
    func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, form: String? = nil, isHeavy: Bool = false,
        _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            method, path: home + path, summary: summary, access: .page(.action(of: form ?? home)), module: module,
            bodyLimit: BodyLimit.longText, isHeavy: isHeavy, response: .string()
        ) { call in
            if method == .post { try call.principal.requireWriter() }
            return try await handler(call)
        }
    }

    private func address(of id: Int64) -> String { haveTheirOwn ? "\(home)/\(id)" : home }

    private func form(_ call: Call, _ object: Model?, _ view: FormView) async throws -> Reply {
        try await ObjectForm(
            heading: object.map { "Change \(name($0))" } ?? "New \(Model.entityType.words)",
            action: object.map { "\(home)/\($0.id)/edit" } ?? home + "/new",
            back: object.map { address(of: $0.id.number) } ?? home, place: place
        ).page(call, view)
    }

    @Sendable private func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let fields = try await fields(call)
        switch try await call.carryOut(
            body.schema, fields, form: typed, { try await $0.create(body, JSONKey(name: key), "Created") })
        {
        case .done(let answer): return call.seeOther(answer.id(of: key).map(address) ?? home, saved)
        case .refused(let problems): return try await form(call, nil, FormView(fields, typed: typed, problems))
        }
    }

    @Sendable private func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let fields = try await fields(call)
        switch try await call.carryOut(
            body.schema, fields, form: typed, { try await $0.update(body, JSONKey(name: key), "Saved") })
        {
        case .done: return call.seeOther(address(of: call.pathID), saved)
        case .refused(let problems):
            let object = try await ObjectStore<Model>.find(call.id(), call.context)
            return try await form(call, object, FormView(fields, typed: typed, problems))
        }
    }
}
