import Postgres

/// Reads and writes stock items.
enum StockItemStore {
    private static func select(_ id: Int64, lock: String = "") -> Statement {
        Statement(
            "select \(StockItem.columns) from stock_items i \(StockItem.totals) where i.id = $1\(lock)", [.int(id)])
    }

    /// - Throws: ``APIError`` 404.
    static func find(_ id: Int64, _ context: Context) async throws -> StockItem {
        guard let row = try await context.db.query(select(id)).first else {
            throw APIError.notFound("Stock item", id)
        }
        return StockItem(row)
    }

    /// By name.
    ///
    /// - Parameter search: part of SKU, name or barcode.
    static func list(
        search: String?, category: String?, isActiveOnly: Bool, _ page: PageRequest, _ context: Context
    ) async throws -> (models: some Sequence<StockItem>, pagination: Pagination) {
        var sql = SQL()
        var conditions = [isActiveOnly ? "i.is_active" : "true"]
        if let search {
            let pattern = sql.bind(.text("%\(LikePattern.escape(search))%"))
            conditions.append("(i.sku ilike \(pattern) or i.name ilike \(pattern) or i.barcode ilike \(pattern))")
        }
        if let category { conditions.append("i.category = \(sql.bind(.text(category)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from stock_items i where \(filter))",
                page: "select i.* from stock_items i where \(filter)", order: "i.name, i.id"
            ).statement(sql, page, columns: StockItem.columns, alias: "i", joins: StockItem.totals))
        return PageQuery.read(rows, page) { StockItem($0, offset: 1) }
    }

    /// Locks the item to the end of the transaction.
    /// - Throws: ``APIError`` 404.
    static func lock(_ id: Int64, in tx: PostgresTransaction) async throws -> StockItem {
        guard let row = try await tx.query(select(id, lock: " for update of i")).first else {
            throw APIError.notFound("Stock item", id)
        }
        return StockItem(row)
    }

    /// Writes an item, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(_ item: StockItem, _ action: ChangeAction, _ context: Context, in tx: PostgresTransaction)
        async throws
        -> StockItem
    {
        let columns: [(String, PostgresValue, String)] = [
            ("sku", .text(item.sku), "text"), ("name", .text(item.name), "text"),
            ("description", .init(item.description), "text"), ("category", .init(item.category), "text"),
            ("unit", .text(item.unit), "text"), ("default_cost", .hundredths(item.defaultCost), "numeric"),
            ("default_price", .hundredths(item.defaultPrice), "numeric"),
            ("currency_code", .text(item.currency), "text"),
            ("barcode", .init(item.barcode), "text"), ("is_active", .bool(item.isActive), "bool"),
            ("is_trackable", .bool(item.isTrackable), "bool"),
            ("reorder_point", .hundredths(item.reorderPoint), "numeric"),
            ("reorder_quantity", .hundredths(item.reorderQuantity), "numeric"),
            ("supplier", .init(item.supplier), "text"), ("supplier_sku", .init(item.supplierSKU), "text"),
            ("image_url", .init(item.imageURL), "text"), ("notes", .init(item.notes), "text"),
        ]
        let statement = RowWriter(table: "stock_items", columns: columns, id: item.id).statement(
            returning: "id", context)
        guard let id = try await tx.query(statement).first?.int(0), let row = try await tx.query(select(id)).first
        else {
            throw APIError.notFound("Stock item", item.id)
        }
        let saved = StockItem(row)
        try await context.record([action], saved, in: tx)
        return saved
    }
}
