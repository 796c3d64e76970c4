import HTTPTypes
import Postgres

/// `/api/v1/clients` (contract 02 §2).
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
            .single(key: "client", try await ClientStore.find(call))
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
        var sql = SQL()
        var conditions = [Visibility.condition(call.principal, clientID: "c.id", in: &sql)]
        if let status { conditions.append("c.status = \(sql.bind(.text(status)))") }
        if let search {
            let pattern = sql.bind(.text("%\(LikePattern.escape(search))%"))
            conditions.append("(c.name ilike \(pattern) or c.company ilike \(pattern) or c.email ilike \(pattern))")
        }
        let filter = conditions.joined(separator: " and ")
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from clients c where \(filter))",
                page: "select c.* from clients c where \(filter)",
                order: "c.name, c.id"
            ).statement(sql, page, columns: Client.columns, alias: "c"))
        let (clients, pagination) = PageQuery.read(rows, page) { Client($0, offset: 1) }
        return .list(key: "clients", clients, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input()
        let changes = ClientChanges(&input)
        try input.finish()
        let client = try await call.db.transaction { tx in
            var client = Client.new
            changes.apply(to: &client)
            return try await ClientStore.save(client, [.client("created", "Created client: ")], call, in: tx)
        }
        return .saved(.created, message: "Client created successfully", key: "client", client)
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input(partial: true)
        let changes = ClientChanges(&input)
        try input.finish()
        let client = try await call.db.transaction { tx in
            var client = try await ClientStore.lock(call, in: tx)
            changes.apply(to: &client)
            return try await ClientStore.save(client, [.client("updated", "Updated client: ")], call, in: tx)
        }
        return .saved(.ok, message: "Client updated successfully", key: "client", client)
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        do {
            try await call.db.transaction { tx in
                let client = try await ClientStore.lock(call, in: tx)
                var sql = SQL("with row as (delete from clients where id = ")
                sql.add("", .int(client.id), " returning id, name), ")
                sql.add(
                    Activity.cte(
                        [.client("deleted", "Deleted client: ")], from: "row", name: "row.name", call: call, in: &sql))
                sql.add(" select id from row")
                _ = try await tx.query(sql.statement)
            }
        } catch let error as PostgresError where error.code == .foreignKeyViolation {
            throw APIError.conflict("The client still has projects, quotes or time entries")
        }
        return .message("Client deleted successfully")
    }
}

extension Activity {
    fileprivate static func client(_ action: String, _ description: String) -> Activity {
        Activity(action: action, entityType: "client", description: description)
    }
}
