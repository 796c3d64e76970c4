import HTTPTypes

/// `/api/v1/clients` (behaviour.md §4.2).
enum ClientResource: Resource {
    private static let read = Route.Access.token(.init("read:clients"))
    private static let write = Route.Access.token(.init("write:clients"))

    static let routes = [
        Route(
            .get, path: "/api/v1/clients", summary: "List clients", details: "By name, active and inactive.",
            access: read,
            module: .clients,
            query: [
                .text("status", "active or inactive"), .text("search", "Part of name, company or email"), .page,
                .perPage,
            ], response: .list("clients", of: Client.schema), handler: list),
        Route(
            .post, path: "/api/v1/clients", summary: "Create a client", access: write, module: .clients,
            body: ClientInput.body, success: .created, response: .saved("client", Client.schema)
        ) { call in
            try await call.create(ClientOperations.self, "client", "Client created successfully")
        },
        Route(
            .get, path: "/api/v1/clients/{id}", summary: "Get a client", access: read, module: .clients,
            response: .single("client", Client.schema)
        ) { call in
            .single(key: "client", try await ClientStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/clients/{id}", summary: "Update a client",
            details: "Only the fields that are sent change.", access: write, module: .clients, body: ClientInput.body,
            response: .saved("client", Client.schema)
        ) { call in
            try await call.update(ClientOperations.self, "client", "Client updated successfully")
        },
        Route(
            .delete, path: "/api/v1/clients/{id}", summary: "Delete a client",
            details: "Refused while projects, quotes or time entries refer to it.", access: write, module: .clients,
            response: .message, errors: [.conflict]
        ) { call in
            try await call.remove(ClientOperations.self, "client", "Client deleted successfully")
        },
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (clients, pagination) = try await found(call)
        return .list(key: "clients", clients, pagination)
    }

    /// The page of clients that the query asks for.
    static func found(_ call: Call) async throws -> (some Sequence<Client>, Pagination) {
        var query = call.query
        let status = query.text("status")
        let search = query.text("search")
        let page = query.page()
        try query.finish()
        return try await ClientStore.list(
            status: status, search: search, page, call.context)
    }
}
