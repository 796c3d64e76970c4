import Postgres

/// What can be done with warehouses (behaviour.md §9.3).
enum WarehouseOperations: ObjectOperations {
    static func create(_ changes: WarehouseChanges, _ context: Context, in tx: PostgresTransaction) async throws
        -> Warehouse
    {
        var warehouse = Warehouse()
        changes.apply(to: &warehouse)
        return try await WarehouseStore.save(warehouse, .created, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored warehouse is not the one that the caller knows.
    static func update(
        _ id: Int64, _ changes: WarehouseChanges, _ context: Context, if isExpected: Expectation<Warehouse>,
        in tx: PostgresTransaction
    ) async throws -> Warehouse {
        var warehouse = try await WarehouseStore.lock(id, in: tx)
        try isExpected(warehouse)
        changes.apply(to: &warehouse)
        return try await WarehouseStore.save(warehouse, .updated, context, in: tx)
    }

    /// It stays, with all that refers to it.
    ///
    /// - Parameter isExpected: throws when the stored warehouse is not the one that the caller knows.
    static func remove(
        _ id: Int64, _ context: Context, if isExpected: Expectation<Warehouse>, in tx: PostgresTransaction
    ) async throws {
        var warehouse = try await WarehouseStore.lock(id, in: tx)
        try isExpected(warehouse)
        warehouse.isActive = false
        _ = try await WarehouseStore.save(warehouse, .deleted, context, in: tx)
    }
}
