import Postgres

/// What can be done with quotes (behaviour.md §8.4).
enum QuoteOperations {
    /// A draft.
    static func create(_ changes: QuoteChanges, _ context: Context, in tx: PostgresTransaction) async throws -> Quote {
        let client = try await ObjectStore<Client>.named(changes.clientID.value ?? .none, context, in: tx)
        let items = changes.items.value ?? []
        try await QuoteStore.checkReferences(items, in: tx)
        let number = try await QuoteNumber.next(context, in: tx)
        let today = try await tx.query(LocalDay.statement(zone: context.settings.timezone))
        var quote = Quote(
            number: number, clientID: client.id, currency: context.settings.currency,
            createdBy: ID(context.principal.userID), clientName: client.name, today: Day(today.first?.date(0) ?? 0))
        try changes.apply(to: &quote, context)
        return try await QuoteStore.save(quote, replacesItems: true, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored quote is not the one that the caller knows.
    static func update(
        _ id: ID<Quote>, _ changes: QuoteChanges, _ context: Context, if isExpected: Expectation<Quote>,
        in tx: PostgresTransaction
    ) async throws -> Quote {
        var quote = try await QuoteStore.lock(id, context, in: tx)
        try isExpected(quote)
        if let clientID = changes.clientID.value {
            let client = try await ObjectStore<Client>.named(clientID, context, in: tx)
            quote.clientID = client.id
            quote.clientName = client.name
        }
        let replacesItems = changes.replacesItems(of: quote)
        if replacesItems { try await QuoteStore.checkReferences(changes.items.value ?? [], in: tx) }
        try changes.apply(to: &quote, context)
        return try await QuoteStore.save(quote, replacesItems: replacesItems, context, in: tx)
    }

    /// With its items.
    ///
    /// - Parameter isExpected: throws when the stored quote is not the one that the caller knows.
    static func delete(
        _ id: ID<Quote>, _ context: Context, if isExpected: Expectation<Quote>, in tx: PostgresTransaction
    ) async throws {
        let quote = try await QuoteStore.lock(id, context, ownerOnly: true, in: tx)
        try isExpected(quote)
        _ = try await tx.query(Statement("delete from quotes where id = $1", [quote.id.parameter]))
        try await context.record([.deleted], quote, in: tx)
    }
}
