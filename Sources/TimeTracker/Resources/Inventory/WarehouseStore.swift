import Postgres

/// Reads and writes warehouses.
enum WarehouseStore {
    private static func select(_ id: Int64, lock: String = "") -> Statement {
        Statement("select \(Warehouse.columns) from warehouses w where w.id = $1\(lock)", [.int(id)])
    }

    /// By code.
    static func list(isActiveOnly: Bool, _ page: PageRequest, _ context: Context) async throws
        -> (warehouses: [Warehouse], pagination: Pagination)
    {
        let filter = isActiveOnly ? "w.is_active" : "true"
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from warehouses w where \(filter))",
                page: "select w.* from warehouses w where \(filter)", order: "w.code, w.id"
            ).statement(SQL(), page, columns: Warehouse.columns, alias: "w"))
        let (warehouses, pagination) = PageQuery.read(rows, page) { Warehouse($0, offset: 1) }
        return (Array(warehouses), pagination)
    }

    /// - Throws: ``APIError`` 404.
    static func find(_ id: Int64, _ context: Context) async throws -> Warehouse {
        guard let row = try await context.db.query(select(id)).first else { throw APIError.notFound("Warehouse", id) }
        return Warehouse(row)
    }

    /// Locks the warehouse to the end of the transaction.
    /// - Throws: ``APIError`` 404.
    static func lock(_ id: Int64, in tx: PostgresTransaction) async throws -> Warehouse {
        guard let row = try await tx.query(select(id, lock: " for update")).first else {
            throw APIError.notFound("Warehouse", id)
        }
        return Warehouse(row)
    }

    /// Writes a warehouse, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(
        _ warehouse: Warehouse, _ action: ChangeAction, _ context: Context, in tx: PostgresTransaction
    ) async throws -> Warehouse {
        let columns: [(String, PostgresValue, String)] = [
            ("name", .text(warehouse.name), "text"), ("code", .text(warehouse.code), "text"),
            ("address", .init(warehouse.address), "text"), ("contact_person", .init(warehouse.contactPerson), "text"),
            ("contact_email", .init(warehouse.contactEmail), "text"),
            ("contact_phone", .init(warehouse.contactPhone), "text"), ("is_active", .bool(warehouse.isActive), "bool"),
            ("notes", .init(warehouse.notes), "text"),
        ]
        let statement = RowWriter(table: "warehouses", columns: columns, id: warehouse.id).statement(
            returning: "id, created_at, updated_at, created_by", context)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Warehouse", warehouse.id) }
        var saved = warehouse
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        saved.createdBy = row.int(3)
        try await context.record([action], saved, in: tx)
        return saved
    }
}
