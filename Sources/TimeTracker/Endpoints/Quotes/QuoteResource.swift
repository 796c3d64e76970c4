import HTTPTypes

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
            response: .single("quote", Quote.schema), isConditional: true
        ) { call in
            .single(key: "quote", try await QuoteStore.find(call.id(), call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/quotes/{id}", summary: "Update a quote",
            details: """
                Only the fields that are sent change; items, if sent, replace all lines. States move from draft to sent, \
                from draft or sent to rejected, from sent to accepted or expired; administrators may go back to draft.
                """,
            access: write, module: .quotes, body: QuoteInput.update, response: saved, isConditional: true,
            handler: update),
        Route(
            .delete, path: "/api/v1/quotes/{id}", summary: "Delete a quote", details: "With its items.", access: write,
            module: .quotes, response: .message, isConditional: true, handler: delete),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (quotes, pagination) = try await found(call)
        return .list(key: "quotes", quotes, pagination)
    }

    /// The page of quotes that the query asks for.
    static func found(_ call: Call) async throws -> (quotes: [Quote], pagination: Pagination) {
        var query = call.query
        let status = query.text("status")
        let clientID: ID<Client>? = query.id("client_id")
        let page = query.page()
        try query.finish()
        return try await QuoteStore.list(
            status: status == "all" ? nil : status, clientID: clientID, page, call.context)
    }

    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = QuoteChanges(&input, isUpdate: false)
        try input.finish()
        return try await call.change { tx in
            let saved = try await QuoteOperations.create(changes, call.context, in: tx)
            return .saved(.created, message: "Quote created successfully", key: "quote", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        try await update(call, if: call.matching("quote"))
    }

    /// - Parameter isExpected: throws when the stored quote is not the one that the caller knows.
    static func update(_ call: Call, if isExpected: Expectation<Quote>) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = QuoteChanges(&input, isUpdate: true)
        try input.finish()
        return try await call.change { tx in
            let saved = try await QuoteOperations.update(
                call.id(), changes, call.context, if: isExpected, in: tx)
            return .saved(.ok, message: "Quote updated successfully", key: "quote", saved)
        }
    }

    @Sendable static func delete(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await QuoteOperations.delete(call.id(), call.context, if: call.matching("quote"), in: tx)
            return .message("Quote deleted successfully")
        }
    }
}
