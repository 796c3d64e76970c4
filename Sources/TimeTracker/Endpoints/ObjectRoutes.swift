import HTTPTypes

/// The routes of a plain resource: list, get, create, update, remove.
///
/// A route for anything else stands beside them in the same ``Resource``.
struct ObjectRoutes<Model: StoredObject>: Sendable {
    /// Of the list; an object's is its id behind it.
    let path: String
    /// The object's name in replies.
    let key: String
    let module: Module?
    let read: Route.Access
    let write: Route.Access
    let body: ModelBody<Model>

    /// The list's name in replies.
    var listKey: String { "\(key)s" }

    typealias Found = (models: ModelRows<Model>, pagination: Pagination)

    /// - Parameters:
    ///   - query: parameters besides those of pages.
    ///   - find: reads its parameters and then the page.
    func list(
        details: String, query: [QueryParameter], find: @escaping @Sendable (Call) async throws -> Found
    ) -> Route {
        let key = listKey
        return Route(
            .get, path: path, summary: "List \(words)s", details: details, access: read, module: module,
            query: query + [.page, .perPage], response: .list(key, of: Model.schema)
        ) { call in
            let (models, pagination) = try await find(call)
            return try .list(key: JSONKey(name: key), models, pagination)
        }
    }

    var create: Route {
        Route(
            .post, path: path, summary: "Create \(one)", access: write, module: module, body: body.schema,
            success: .created, response: .saved(key, Model.schema)
        ) { call in
            try await call.create(body, JSONKey(name: key), "\(Model.noun) created successfully")
        }
    }

    var get: Route {
        Route(
            .get, path: objectPath, summary: "Get \(one)", access: read, module: module,
            response: .single(key, Model.schema), isConditional: true
        ) { call in
            .single(key: JSONKey(name: key), try await ObjectStore<Model>.find(call.id(), call.context))
        }
    }

    var update: Route {
        Route(
            .put, .patch, path: objectPath, summary: "Update \(one)",
            details: "Only the fields that are sent change.", access: write, module: module, body: body.schema,
            response: .saved(key, Model.schema), isConditional: true
        ) { call in
            try await call.update(body, JSONKey(name: key), "\(Model.noun) updated successfully")
        }
    }

    /// - Parameter details: what becomes of what refers to the object.
    func remove(details: String = "", errors: [HTTPResponse.Status] = []) -> Route {
        let (verb, done) =
            switch Model.removal {
            case .delete: ("Delete", "deleted")
            case .deactivate: ("Deactivate", "deactivated")
            }
        return Route(
            .delete, path: objectPath, summary: "\(verb) \(one)", details: details, access: write, module: module,
            response: .message, errors: errors, isConditional: true
        ) { call in
            try await call.remove(Model.self, JSONKey(name: key), "\(Model.noun) \(done) successfully")
        }
    }

    private var objectPath: String { "\(path)/{id}" }
    private var words: String { Model.entityType.words }
    private var one: String { Model.one }
}

extension Call {
    /// The object that the path names.
    ///
    /// - Parameter index: among the parameters of the path.
    func id<Object>(_ index: Int = 0) -> ID<Object> { ID(pathIDs.indices.contains(index) ? pathIDs[index] : 0) }

    /// Makes an object of a plain resource.
    ///
    /// - Parameters:
    ///   - key: the object's name in the reply.
    ///   - message: what the reply says.
    func create<Model>(_ body: ModelBody<Model>, _ key: JSONKey, _ message: String) async throws -> Reply
    where Model: StoredObject {
        let edit = try edit(body)
        return try await change { tx in
            .saved(.created, message: message, key: key, try await ObjectStore.create(edit, context, in: tx))
        }
    }

    /// Changes the object of the path's id; only the fields that are sent. Honours `If-Match`.
    func update<Model>(_ body: ModelBody<Model>, _ key: JSONKey, _ message: String) async throws -> Reply
    where Model: StoredObject {
        let edit = try edit(body, partial: true)
        return try await change { tx in
            let saved = try await ObjectStore.update(id(), edit, context, if: matching(key), in: tx)
            return .saved(.ok, message: message, key: key, saved)
        }
    }

    /// Takes the object of the path's id out of use. Honours `If-Match`.
    func remove<Model: StoredObject>(_: Model.Type, _ key: JSONKey, _ message: String) async throws -> Reply {
        try await change { tx in
            try await ObjectStore<Model>.remove(id(), context, if: matching(key), in: tx)
            return .message(message)
        }
    }

    /// What the body wants to set.
    ///
    /// - Parameter partial: whether required fields may be absent.
    /// - Throws: ``ValidationError`` with every bad field; see ``input(partial:)``.
    private func edit<Model>(_ body: ModelBody<Model>, partial: Bool = false) throws -> Edit<Model> {
        var input = try input(partial: partial)
        let edit = body.edit(&input)
        try input.finish()
        return edit
    }
}
