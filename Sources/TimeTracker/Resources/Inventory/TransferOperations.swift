import Postgres

/// A transfer of stock that somebody wants.
struct TransferRequest: Sendable {
    let stockItemID: ID<StockItem>
    let fromID: ID<Warehouse>
    let toID: ID<Warehouse>
    let quantity: Quantity
    let notes: String?

    /// - Throws: ``APIError`` 400 for what no stock would allow.
    func check() throws {
        guard quantity > .zero else { throw APIError.validation("quantity", "Must be greater than 0.") }
        guard fromID != toID else {
            throw APIError.validation("to_warehouse_id", "The warehouses must be different.")
        }
    }
}

/// What can be done with transfers (behaviour.md §9.6).
enum TransferOperations {
    /// Newest first.
    static func list(from: RangeBound?, to: RangeBound?, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<StockTransfer>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [StockTransfer.condition]
        let zone = context.settings.timezone
        if let from { conditions.append("o.moved_at >= \(WallTime.expression(from, zone: zone, in: &sql))") }
        if let to { conditions.append("o.moved_at <= \(WallTime.expression(to, zone: zone, in: &sql))") }
        let source = "from \(StockTransfer.tables) where \(conditions.joined(separator: " and "))"
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) \(source))", page: "select \(StockTransfer.selected) \(source)",
                order: "moved_at desc, reference_id desc"
            ).statement(sql, page))
        return PageQuery.read(rows, page)
    }

    /// - Parameter id: its reference.
    /// - Throws: ``APIError`` 404.
    static func find(_ id: ID<StockTransfer>, _ context: Context) async throws
        -> (transfer: StockTransfer, movements: [StockMovement])
    {
        let rows = try await context.db.query(
            Statement(
                """
                select \(StockTransfer.selected) from \(StockTransfer.tables)
                where \(StockTransfer.condition) and o.reference_id = $1
                """, [id.parameter]))
        guard let transfer = try rows.first.map({ try StockTransfer($0) }) else {
            throw APIError.notFound("Transfer", id.number)
        }
        let movements = try await context.db.query(
            Statement(
                "select \(StockMovement.selected) from stock_movements m where m.id = any ($1) order by m.quantity",
                [.ids([transfer.outID, transfer.inID])]))
        return (transfer, try ModelRows(movements).all())
    }

    /// - Parameter request: checked.
    /// - Returns: the reference, and the movements out of the one and into the other warehouse.
    /// - Throws: ``APIError`` 404 for an unknown item or warehouse, 400 for what the stock doesn't allow.
    static func transfer(_ request: TransferRequest, _ context: Context, in tx: PostgresTransaction) async throws
        -> (reference: ID<StockTransfer>, movements: [StockMovement])
    {
        let item = try await ObjectStore.lock(request.stockItemID, context, in: tx)
        let codes = try await warehouseCodes(request.fromID, request.toID, in: tx)
        guard item.isActive, item.isTrackable else {
            throw APIError.rule("item_not_transferable", "Only active items whose stock is counted can be moved")
        }
        let ledger = StockLedger(context: context, tx: tx)
        var stocks = try await ledger.lock(item: request.stockItemID, warehouses: [request.fromID, request.toID])
        guard let source = stocks[request.fromID], source.available >= request.quantity else {
            throw StockLedger.insufficientStock
        }
        guard
            let reference: ID<StockTransfer> = try await tx.query(
                Statement("select nextval('transfer_reference_seq')")
            ).first.flatMap({ .read($0, 0) })
        else { throw APIError.internalError }
        var movements: [StockMovement] = []
        for (warehouse, signed) in [(request.fromID, -request.quantity), (request.toID, request.quantity)] {
            movements.append(
                try await ledger.write(
                    StockMovement(
                        type: "transfer", stockItemID: request.stockItemID, warehouseID: warehouse, quantity: signed,
                        referenceType: "transfer", referenceID: reference.number,
                        reason: "Transfer from \(codes.from) to \(codes.to)", notes: request.notes)))
            stocks[warehouse]?.onHand += signed
            if let stock = stocks[warehouse] { _ = try await ledger.store(stock) }
        }
        let layers = try await ledger.consume(request.quantity, for: movements[0], fallback: item.defaultCost ?? .zero)
        try await ledger.addLayers(layers, of: movements[1])
        return (reference, movements)
    }

    private static func warehouseCodes(_ from: ID<Warehouse>, _ to: ID<Warehouse>, in tx: PostgresTransaction)
        async throws
        -> (from: String, to: String)
    {
        let rows = try await tx.query(
            Statement(
                "select id, code, is_active from warehouses where id = any ($1) for share", [.ids([from, to])])
        )
        func code(_ id: ID<Warehouse>) throws -> String {
            guard let row = rows.first(where: { $0.int(0) == id.number }) else {
                throw APIError.notFound("Warehouse", id.number)
            }
            guard row.bool(2) else {
                throw APIError.rule("warehouse_inactive", "The warehouse \(row.string(1)) is not active")
            }
            return row.string(1)
        }
        return (try code(from), try code(to))
    }
}
