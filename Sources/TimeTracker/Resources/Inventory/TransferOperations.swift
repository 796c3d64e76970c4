import Postgres

/// A transfer of stock that somebody wants.
struct TransferRequest: Sendable {
    let stockItemID: Int64
    let fromID: Int64
    let toID: Int64
    /// Hundredths.
    let quantity: Int64
    let notes: String?

    /// - Throws: ``APIError`` 400 for what no stock would allow.
    func check() throws {
        guard quantity > 0 else { throw APIError.validation("quantity", "Must be greater than 0.") }
        guard fromID != toID else {
            throw APIError.validation("to_warehouse_id", "The warehouses must be different.")
        }
    }
}

/// What can be done with transfers (behaviour.md §9.6).
enum TransferOperations {
    /// Newest first.
    static func list(from: RangeBound?, to: RangeBound?, _ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<StockTransfer>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [StockTransfer.condition]
        let zone = context.settings.timezone
        if let from { conditions.append("o.moved_at >= \(WallTime.expression(from, zone: zone, in: &sql))") }
        if let to { conditions.append("o.moved_at <= \(WallTime.expression(to, zone: zone, in: &sql))") }
        let source = "from \(StockTransfer.tables) where \(conditions.joined(separator: " and "))"
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) \(source))", page: "select \(StockTransfer.columns) \(source)",
                order: "moved_at desc, reference_id desc"
            ).statement(sql, page))
        return PageQuery.read(rows, page) { StockTransfer($0, offset: 1) }
    }

    /// - Parameter id: its reference.
    /// - Throws: ``APIError`` 404.
    static func find(_ id: Int64, _ context: Context) async throws
        -> (transfer: StockTransfer, movements: [StockMovement])
    {
        let rows = try await context.db.query(
            Statement(
                """
                select \(StockTransfer.columns) from \(StockTransfer.tables)
                where \(StockTransfer.condition) and o.reference_id = $1
                """, [.int(id)]))
        guard let transfer = rows.first.map({ StockTransfer($0) }) else {
            throw APIError.notFound("Transfer", id)
        }
        let movements = try await context.db.query(
            Statement(
                "select \(StockMovement.columns) from stock_movements m where m.id = any ($1) order by m.quantity",
                [.intArray([transfer.outID, transfer.inID])])
        ).map { StockMovement($0) }
        return (transfer, movements)
    }

    /// - Parameter request: checked.
    /// - Returns: the reference, and the movements out of the one and into the other warehouse.
    /// - Throws: ``APIError`` 404 for an unknown item or warehouse, 400 for what the stock doesn't allow.
    static func transfer(_ request: TransferRequest, _ context: Context, in tx: PostgresTransaction) async throws
        -> (reference: Int64, movements: [StockMovement])
    {
        let item = try await StockItemStore.lock(request.stockItemID, in: tx)
        let codes = try await warehouseCodes(request.fromID, request.toID, in: tx)
        guard item.isActive, item.isTrackable else {
            throw APIError.rule("item_not_transferable", "Only active items whose stock is counted can be moved")
        }
        let ledger = StockLedger(context: context, tx: tx)
        var stocks = try await ledger.lock(item: request.stockItemID, warehouses: [request.fromID, request.toID])
        guard let source = stocks[request.fromID], source.available >= request.quantity else {
            throw StockLedger.insufficientStock
        }
        let reference = try await tx.query(Statement("select nextval('transfer_reference_seq')")).first?.int(0) ?? 0
        var movements: [StockMovement] = []
        for (warehouse, signed) in [(request.fromID, -request.quantity), (request.toID, request.quantity)] {
            movements.append(
                try await ledger.write(
                    StockMovement(
                        id: 0, type: "transfer", stockItemID: request.stockItemID, warehouseID: warehouse,
                        quantity: signed,
                        referenceType: "transfer", referenceID: reference,
                        reason: "Transfer from \(codes.from) to \(codes.to)", notes: request.notes,
                        movedBy: context.principal.userID, movedAt: 0)))
            stocks[warehouse]?.onHand += signed
            if let stock = stocks[warehouse] { _ = try await ledger.store(stock) }
        }
        let layers = try await ledger.consume(request.quantity, for: movements[0], fallback: item.defaultCost ?? 0)
        try await ledger.addLayers(layers, of: movements[1])
        return (reference, movements)
    }

    private static func warehouseCodes(_ from: Int64, _ to: Int64, in tx: PostgresTransaction) async throws
        -> (from: String, to: String)
    {
        let rows = try await tx.query(
            Statement(
                "select id, code, is_active from warehouses where id = any ($1) for key share", [.intArray([from, to])])
        )
        func code(_ id: Int64) throws -> String {
            guard let row = rows.first(where: { $0.int(0) == id }) else { throw APIError.notFound("Warehouse", id) }
            guard row.bool(2) else {
                throw APIError.rule("warehouse_inactive", "The warehouse \(row.string(1)) is not active")
            }
            return row.string(1)
        }
        return (try code(from), try code(to))
    }
}
