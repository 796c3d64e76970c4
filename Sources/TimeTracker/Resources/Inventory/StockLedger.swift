import Postgres

/// Moves stock: rows locked in the order of their ids, movements written, cost layers kept (behaviour.md §9.5, §9.6).
struct StockLedger {
    let context: Context
    let tx: PostgresTransaction

    /// A layer of stock at one cost.
    struct Layer {
        let quantity: Int64
        let unitCost: Int64
        let lotType: String
    }

    static let insufficientStock = APIError.rule("insufficient_stock", "There is not enough stock in the warehouse")
    static let tooMuch = APIError.validation("quantity", "The stock would be too large.")

    /// Makes the stock rows that don't exist yet and locks all of them to the end of the transaction.
    func lock(item: Int64, warehouses: [Int64]) async throws -> [Int64: WarehouseStock] {
        let values: [PostgresValue] = [.int(item), .intArray(warehouses.sorted())]
        let rows = try await tx.pipeline([
            Statement(
                """
                insert into warehouse_stock (warehouse_id, stock_item_id) select w, $1 from unnest($2::bigint[]) w order by w
                on conflict (warehouse_id, stock_item_id) do nothing
                """, values),
            Statement(
                """
                select \(WarehouseStock.columns) from warehouse_stock s
                where s.stock_item_id = $1 and s.warehouse_id = any ($2) order by s.id for update
                """, values),
        ])
        return Dictionary(
            uniqueKeysWithValues: (rows.last?.map { WarehouseStock($0) } ?? []).map { ($0.warehouseID, $0) })
    }

    func store(_ stock: WarehouseStock) async throws -> WarehouseStock {
        guard abs(stock.onHand) <= Money.largest else { throw Self.tooMuch }
        let rows = try await tx.query(
            Statement(
                """
                update warehouse_stock s set quantity_on_hand = $2::numeric, updated_at = clock_timestamp() where s.id = $1
                returning \(WarehouseStock.columns)
                """, [.int(stock.id), .hundredths(stock.onHand)]))
        guard let row = rows.first else { throw APIError.internalError }
        return WarehouseStock(row)
    }

    func write(_ movement: StockMovement) async throws -> StockMovement {
        let rows = try await tx.query(
            Statement(
                """
                insert into stock_movements as m
                    (movement_type, stock_item_id, warehouse_id, quantity, reference_type, reference_id, unit_cost, reason,
                     notes, moved_by, moved_at)
                values ($1, $2, $3, $4::numeric, $5::text, $6::bigint, $7::numeric, $8::text, $9::text, $10, clock_timestamp())
                returning \(StockMovement.columns)
                """,
                [
                    .text(movement.type), .int(movement.stockItemID), .int(movement.warehouseID),
                    .hundredths(movement.quantity), .init(movement.referenceType), .init(movement.referenceID),
                    .hundredths(movement.unitCost), .init(movement.reason), .init(movement.notes),
                    .int(movement.movedBy),
                ]))
        guard let row = rows.first else { throw APIError.internalError }
        let saved = StockMovement(row)
        try await context.record([.created], saved, in: tx)
        return saved
    }

    // MARK: Cost layers

    func addLayers(_ layers: [Layer], of movement: StockMovement) async throws {
        for layer in layers where layer.quantity > 0 {
            _ = try await tx.query(
                Statement(
                    """
                    with lot as (
                        insert into stock_lots
                            (stock_item_id, warehouse_id, lot_type, unit_cost, quantity_on_hand, created_by, source_movement_id)
                        values ($1, $2, $3, $4::numeric, $5::numeric, $6, $7) returning id)
                    insert into stock_lot_allocations (stock_movement_id, stock_lot_id, quantity, unit_cost)
                    select $7, id, $5::numeric, $4::numeric from lot
                    """,
                    [
                        .int(movement.stockItemID), .int(movement.warehouseID), .text(layer.lotType),
                        .hundredths(layer.unitCost), .hundredths(layer.quantity), .int(movement.movedBy),
                        .int(movement.id),
                    ]))
        }
    }

    /// Takes a quantity out of the oldest layers; what they don't cover is taken at `fallback`.
    func consume(_ quantity: Int64, for movement: StockMovement, fallback: Int64) async throws -> [Layer] {
        let rows = try await tx.query(
            Statement(
                """
                select id, quantity_on_hand, unit_cost, lot_type from stock_lots
                where stock_item_id = $1 and warehouse_id = $2 and quantity_on_hand > 0 order by id for update
                """, [.int(movement.stockItemID), .int(movement.warehouseID)]))
        var rest = quantity
        var layers: [Layer] = []
        for row in rows where rest > 0 {
            let taken = min(rest, row.hundredths(1))
            rest -= taken
            layers.append(Layer(quantity: taken, unitCost: row.hundredths(2), lotType: row.string(3)))
            _ = try await tx.query(
                Statement(
                    """
                    with lot as (
                        update stock_lots set quantity_on_hand = quantity_on_hand - $2::numeric where id = $1
                        returning id, unit_cost)
                    insert into stock_lot_allocations (stock_movement_id, stock_lot_id, quantity, unit_cost)
                    select $3, id, -$2::numeric, unit_cost from lot
                    """, [.int(row.int(0)), .hundredths(taken), .int(movement.id)]))
        }
        if rest > 0 { layers.append(Layer(quantity: rest, unitCost: fallback, lotType: "normal")) }
        return layers
    }
}
