import Postgres

/// What can be done with the stock of a warehouse (behaviour.md §9.5).
enum MovementOperations {
    /// - Throws: ``APIError`` 404 for an unknown item or warehouse, 400 for what the stock doesn't allow.
    static func record(_ body: MovementRequest, _ context: Context, in tx: PostgresTransaction) async throws
        -> (movement: StockMovement, stock: WarehouseStock)
    {
        let item = try await ObjectStore.lock(body.stockItemID, context, in: tx)
        let warehouse = try await tx.query(
            Statement("select 1 from warehouses where id = $1 for key share", [body.warehouseID.parameter]))
        guard !warehouse.isEmpty else { throw APIError.notFound("Warehouse", body.warehouseID.number) }
        return try await carryOut(body, item, StockLedger(context: context, tx: tx))
    }

    private static func carryOut(_ body: MovementRequest, _ item: StockItem, _ ledger: StockLedger) async throws
        -> (StockMovement, WarehouseStock)
    {
        guard var stock = try await ledger.lock(item: item.id, warehouses: [body.warehouseID])[body.warehouseID] else {
            throw APIError.internalError
        }
        let cost = item.defaultCost ?? .zero
        if body.isDevalued, !item.isTrackable || cost == .zero {
            throw APIError.rule("not_devaluable", "Only trackable items with a default cost can be devalued")
        }
        var quantity = body.kind == .devaluation ? .zero : body.quantity
        if quantity < .zero, stock.onHand + quantity < .zero {
            guard body.kind == .adjustment else { throw StockLedger.insufficientStock }
            quantity = -stock.onHand
        }
        if body.kind == .devaluation, stock.onHand < body.quantity { throw StockLedger.insufficientStock }
        let movement = try await ledger.write(
            StockMovement(
                type: body.kind.rawValue, stockItemID: item.id, warehouseID: body.warehouseID,
                quantity: body.kind == .devaluation ? body.quantity : quantity, referenceType: body.referenceType,
                referenceID: body.referenceID, unitCost: body.unitCost, reason: body.reason, notes: body.notes))
        stock.onHand += quantity
        try await keepLayers(body, quantity, cost, movement, ledger)
        return (movement, try await ledger.store(stock))
    }

    private static func keepLayers(
        _ body: MovementRequest, _ quantity: Quantity, _ cost: Money, _ movement: StockMovement, _ ledger: StockLedger
    ) async throws {
        switch body.kind {
        // Rented things come back; they keep their cost.
        case .rent: return
        case .devaluation:
            let layers = try await ledger.consume(body.quantity, for: movement, fallback: cost)
            try await ledger.addLayers(
                layers.map {
                    .init(
                        quantity: $0.quantity, unitCost: body.devaluedCost(from: $0.unitCost), lotType: "devalued")
                }, of: movement)
        default:
            if quantity > .zero {
                let given = body.unitCost ?? cost
                let layer = StockLedger.Layer(
                    quantity: quantity, unitCost: body.isDevalued ? body.devaluedCost(from: given) : given,
                    lotType: body.isDevalued ? "devalued" : "normal")
                try await ledger.addLayers([layer], of: movement)
            } else if quantity < .zero {
                _ = try await ledger.consume(-quantity, for: movement, fallback: cost)
            }
        }
    }
}
