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
            body: ClientInput.body, success: .created, response: .saved("client", Client.schema), handler: create),
        Route(
            .get, path: "/api/v1/clients/{id}", summary: "Get a client", access: read, module: .clients,
            response: .single("client", Client.schema)
        ) { call in
            .single(key: "client", try await ClientStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/clients/{id}", summary: "Update a client",
            details: "Only the fields that are sent change.", access: write, module: .clients, body: ClientInput.body,
            response: .saved("client", Client.schema), handler: update),
        Route(
            .delete, path: "/api/v1/clients/{id}", summary: "Delete a client",
            details: "Refused while projects, quotes or time entries refer to it.", access: write, module: .clients,
            response: .message, errors: [.conflict], handler: delete),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let status = query.text("status")
        let search = query.text("search")
        let page = query.page()
        try query.finish()
        let (clients, pagination) = try await ClientStore.list(
            status: status, search: search, page, call.context)
        return .list(key: "clients", clients, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = ClientChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await ClientOperations.create(changes, call.context, in: tx)
            return .saved(.created, message: "Client created successfully", key: "client", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = ClientChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await ClientOperations.update(
                call.pathID, changes, call.context, if: call.matching("client"), in: tx)
            return .saved(.ok, message: "Client updated successfully", key: "client", saved)
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await ClientOperations.delete(call.pathID, call.context, if: call.matching("client"), in: tx)
            return .message("Client deleted successfully")
        }
    }
}
