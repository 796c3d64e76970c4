import HTTPTypes

/// The pages of a plain resource: its list, its form, and what becomes of a form that is sent. They do what the routes of
/// ``ObjectRoutes`` do, by the same operations.
///
/// All others stand beside them, as routes of ``route(_:_:_:form:isHeavy:shows:_:)``.
struct ObjectPages<Model: StoredObject>: Sendable {
    /// Address of the list; an object's is its id behind it.
    let home: String
    let place: Navigation
    let objects: ObjectRoutes<Model>
    let list: ObjectList<Model>
    /// The page of an object. Where there is none the list leads to its form, which leads back to the list.
    var page: Route.Handler?
    /// Of the form; the body's fields complete them.
    let fields: @Sendable (Call) async throws -> [FormField]
    /// What the form of a new object begins with, besides the model's own defaults.
    var defaults: @Sendable (Call) -> [String: String] = { _ in [:] }

    var routes: [Route] {
        let page = self.page.map { [route(.get, "/{id}", "Page of \(Model.one)", shows: Model.entityType, $0)] } ?? []
        return [route(.get, "", list.title) { try await list.page($0, of: self) }] + page + forms + removal
    }

    /// To make one, and to change one.
    private var forms: [Route] {
        [
            route(.get, "/new", "Page to make \(Model.one)") { call in
                try call.principal.requireWriter()
                let fields = try await completedFields(call)
                // What has to be typed has no default.
                let begun = values(of: Model(), fields.filter { !$0.isRequired }).merging(defaults(call)) { $1 }
                return try await form(call, nil, FormView(fields, values: begun))
            },
            route(.post, "/new", "Make \(Model.one)", create),
            route(
                .get, "/{id}/edit", "Page to change \(Model.one)", shows: page == nil ? Model.entityType : nil
            ) { call in
                try call.principal.requireWriter()
                let object = try await ObjectStore<Model>.find(call.id(), call.context)
                let fields = try await completedFields(call)
                return try await form(call, object, FormView(fields, values: values(of: object, fields)))
            },
            route(.post, "/{id}/edit", "Change \(Model.one)", update),
        ]
    }

    private var removal: [Route] {
        switch Model.removal {
        case .delete:
            [
                route(.post, "/{id}/delete", "Delete \(Model.one)") { call in
                    switch try await remove(call) {
                    case .done: call.seeOther(home, .deleted)
                    case .refused: call.seeOther(address(of: call.pathID), .inUse)
                    }
                }
            ]
        case .deactivate:
            [
                route(.post, "/{id}/deactivate", "Take \(Model.one) out of use", form: home) { call in
                    _ = try await remove(call)
                    return call.seeOther(address(of: call.pathID), .saved)
                },
                // `is_active` says which it is.
                route(.post, "/{id}/activate", "Take \(Model.one) into use again", form: home) { call in
                    let typed = try call.exchange.form
                    _ = try await call.carryOut(
                        objects.body.schema, [("is_active", .bool(true))], form: typed,
                        { try await $0.update(objects.body, JSONKey(name: objects.key), "Saved") })
                    return call.seeOther(address(of: call.pathID), .saved)
                },
            ]
        }
    }

    /// A route of these pages. Viewers who send a form are told that they may not, whatever they have sent.
    ///
    /// - Parameters:
    ///   - path: behind ``home``.
    ///   - form: address of the page with the form, when it isn't the list.
    func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, form: String? = nil, isHeavy: Bool = false,
        shows: EntityType? = nil, _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            method, path: home + path, summary: summary, access: .page(.action(of: form ?? home)),
            module: objects.module, bodyLimit: BodyLimit.longText, isHeavy: isHeavy, response: .string(), shows: shows
        ) { call in
            if method == .post { try call.principal.requireWriter() }
            return try await handler(call)
        }
    }

    /// Where objects are shown to whoever asks; forms are for those who may change something.
    func shown(to call: Call) -> (ID<Model>) -> String? {
        let end = page != nil ? "" : call.principal.isWriter ? "/edit" : nil
        return { id in end.map { "\(home)/\(id)\($0)" } }
    }

    private func address(of id: Int64) -> String { page == nil ? home : "\(home)/\(id)" }

    private func completedFields(_ call: Call) async throws -> [FormField] {
        try await fields(call).map { $0.completed(by: objects.body.schema) }
    }

    private func values(of object: Model, _ fields: [FormField]) -> [String: String] {
        let typed = objects.body.typed(object)
        return fields.reduce(into: [:]) { $0[$1.name] = typed[$1.member ?? $1.name] }
    }

    private func form(_ call: Call, _ object: Model?, _ view: FormView) async throws -> Reply {
        try await ObjectForm(
            heading: object.map { "Change \($0.entityName)" } ?? "New \(Model.entityType.words)",
            action: object.map { "\(home)/\($0.id)/edit" } ?? home + "/new",
            back: object.map { address(of: $0.id.number) } ?? home, place: place, deletion: object.flatMap(deletion)
        ).page(call, view)
    }

    /// Where there is no page, the form is where an object is deleted.
    private func deletion(_ object: Model) -> (address: String, kind: String)? {
        guard page == nil, case .delete = Model.removal else { return nil }
        return ("\(home)/\(object.id)/delete", Model.entityType.words)
    }

    @Sendable private func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let fields = try await completedFields(call)
        switch try await call.carryOut(
            objects.body.schema, fields, form: typed,
            { try await $0.create(objects.body, JSONKey(name: objects.key), "Created") })
        {
        case .done(let answer): return call.seeOther(answer.id(of: objects.key).map(address) ?? home, .saved)
        case .refused(let problems): return try await form(call, nil, FormView(fields, typed: typed, problems))
        }
    }

    @Sendable private func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let fields = try await completedFields(call)
        switch try await call.carryOut(
            objects.body.schema, fields, form: typed,
            { try await $0.update(objects.body, JSONKey(name: objects.key), "Saved") })
        {
        case .done: return call.seeOther(address(of: call.pathID), .saved)
        case .refused(let problems):
            let object = try await ObjectStore<Model>.find(call.id(), call.context)
            return try await form(call, object, FormView(fields, typed: typed, problems))
        }
    }

    private func remove(_ call: Call) async throws -> Submission {
        let typed = try call.exchange.form
        return try await call.carryOut(
            objects.body.schema, [], form: typed,
            { try await $0.remove(Model.self, JSONKey(name: objects.key), "Done") })
    }
}
