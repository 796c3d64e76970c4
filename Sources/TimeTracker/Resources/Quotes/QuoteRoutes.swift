import HTTPTypes
import Postgres

/// `/api/v1/quotes` (behaviour.md §8).
enum QuoteResource: Resource {
    private static let read = Route.Access.token(.init("read:quotes"))
    private static let write = Route.Access.token(.init("write:quotes"))
    private static let saved = Schema.saved("quote", Quote.schema)

    static let routes = [
        Route(
            .get, path: "/api/v1/quotes", summary: "List quotes",
            details: "Newest first. Administrators and holders of edit_quotes see all, others their own.", access: read,
            module: .quotes,
            query: [
                .text("status", "Quotes in this state; all means any"), .integer("client_id", "Quotes for this client"),
                .page, .perPage,
            ], response: .list("quotes", of: Quote.schema), handler: list),
        Route(
            .post, path: "/api/v1/quotes", summary: "Create a quote",
            details: "A draft. All totals follow from its items.", access: write, module: .quotes,
            body: QuoteInput.create, success: .created, response: saved, handler: create),
        Route(
            .get, path: "/api/v1/quotes/{id}", summary: "Get a quote", access: read, module: .quotes,
            response: .single("quote", Quote.schema)
        ) { call in
            .single(key: "quote", try await QuoteStore.find(call))
        },
        Route(
            .put, .patch, path: "/api/v1/quotes/{id}", summary: "Update a quote",
            details: """
                Only the fields that are sent change; items, if sent, replace all lines. States move from draft to sent, \
                from draft or sent to rejected, from sent to accepted or expired; administrators may go back to draft.
                """,
            access: write, module: .quotes, body: QuoteInput.update, response: saved, handler: update),
        Route(
            .delete, path: "/api/v1/quotes/{id}", summary: "Delete a quote", details: "With its items.", access: write,
            module: .quotes, response: .message, handler: delete),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let status = query.text("status")
        let clientID = query.integer("client_id")
        let page = query.page()
        try query.finish()
        var sql = SQL()
        let owner = sql.bind(.int(call.principal.userID))
        var conditions = ["(q.created_by = \(owner) or \(QuoteStore.seesAll(call.principal, in: &sql)))"]
        if let status, status != "all" { conditions.append("q.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("q.client_id = \(sql.bind(.int(clientID)))") }
        let filter = conditions.joined(separator: " and ")
        let columns = Quote.columns(zone: call.settings.timezone, in: &sql)
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from quotes q where \(filter))",
                page: "select q.* from quotes q where \(filter)", order: "q.created_at desc, q.id desc"
            ).statement(sql, page, columns: columns, alias: "q", joins: "left join clients c on c.id = q.client_id"))
        let (models, pagination) = PageQuery.read(rows, page) { Quote($0, offset: 1) }
        var quotes = Array(models)
        let items = try await call.db.query(QuoteStore.itemsStatement(quotes.map(\.id))).map(QuoteItem.init)
        let byQuote = Dictionary(grouping: items, by: \.quoteID)
        for index in quotes.indices { quotes[index].items = byQuote[quotes[index].id] ?? [] }
        return .list(key: "quotes", quotes, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = QuoteChanges(&input, isUpdate: false)
        try input.finish()
        return try await call.change { tx in
            let client = try await ProjectStore.checkClient(changes.clientID.value ?? 0, call.context, in: tx)
            let items = changes.items.value ?? []
            try await QuoteStore.checkReferences(items, in: tx)
            let number = try await QuoteNumber.next(call, in: tx)
            let today = try await tx.query(LocalDay.statement(zone: call.settings.timezone))
            var quote = Quote(
                number: number, clientID: client.id, title: "", currency: call.settings.currency,
                createdBy: call.principal.userID, clientName: client.name, today: today.first?.date(0) ?? 0)
            try changes.apply(to: &quote, call)
            let saved = try await QuoteStore.save(quote, replacesItems: true, call, in: tx)
            return .saved(.created, message: "Quote created successfully", key: "quote", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = QuoteChanges(&input, isUpdate: true)
        try input.finish()
        return try await call.change { tx in
            var quote = try await QuoteStore.lock(call, in: tx)
            try call.requireMatch(quote, key: "quote")
            if let clientID = changes.clientID.value {
                let client = try await ProjectStore.checkClient(clientID, call.context, in: tx)
                quote.clientID = client.id
                quote.clientName = client.name
            }
            let replacesItems = changes.replacesItems(of: quote)
            if replacesItems { try await QuoteStore.checkReferences(changes.items.value ?? [], in: tx) }
            try changes.apply(to: &quote, call)
            let saved = try await QuoteStore.save(quote, replacesItems: replacesItems, call, in: tx)
            return .saved(.ok, message: "Quote updated successfully", key: "quote", saved)
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        return try await call.change { tx in
            let quote = try await QuoteStore.lock(call, ownerOnly: true, in: tx)
            try call.requireMatch(quote, key: "quote")
            _ = try await tx.query(Statement("delete from quotes where id = $1", [.int(quote.id)]))
            try await call.context.record([.deleted], quote, in: tx)
            return .message("Quote deleted successfully")
        }
    }
}
