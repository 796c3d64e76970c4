import Postgres

/// What can be done with stock items (behaviour.md §9.2).
enum StockItemOperations: ObjectOperations {
    static func create(_ changes: StockItemChanges, _ context: Context, in tx: PostgresTransaction) async throws
        -> StockItem
    {
        var item = StockItem()
        changes.apply(to: &item)
        return try await StockItemStore.save(item, .created, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored item is not the one that the caller knows.
    static func update(
        _ id: Int64, _ changes: StockItemChanges, _ context: Context, if isExpected: Expectation<StockItem>,
        in tx: PostgresTransaction
    ) async throws -> StockItem {
        var item = try await StockItemStore.lock(id, in: tx)
        try isExpected(item)
        changes.apply(to: &item)
        return try await StockItemStore.save(item, .updated, context, in: tx)
    }

    /// It stays, with all that refers to it.
    ///
    /// - Parameter isExpected: throws when the stored item is not the one that the caller knows.
    static func remove(
        _ id: Int64, _ context: Context, if isExpected: Expectation<StockItem>, in tx: PostgresTransaction
    ) async throws {
        var item = try await StockItemStore.lock(id, in: tx)
        try isExpected(item)
        item.isActive = false
        _ = try await StockItemStore.save(item, .deleted, context, in: tx)
    }
}
