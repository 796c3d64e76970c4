import Postgres

/// Moves stock: rows locked in the order of their ids, movements written, cost layers kept (behaviour.md §9.5, §9.6).
struct StockLedger {
    let context: Context
    let tx: PostgresTransaction

    /// A layer of stock at one cost.
    struct Layer {
        let quantity: Quantity
        let unitCost: Money
        let lotType: String
    }

    static let insufficientStock = APIError.rule("insufficient_stock", "There is not enough stock in the warehouse")
    static let tooMuch = APIError.validation("quantity", "The stock would be too large.")

    /// Makes the stock rows that don't exist yet and locks all of them to the end of the transaction.
    func lock(item: ID<StockItem>, warehouses: [ID<Warehouse>]) async throws
        -> [ID<Warehouse>: WarehouseStock]
    {
        let values: [PostgresValue] = [item.parameter, .ids(warehouses.sorted())]
        let rows = try await tx.pipeline([
            Statement(
                """
                insert into warehouse_stock (warehouse_id, stock_item_id) select w, $1 from unnest($2::bigint[]) w order by w
                on conflict (warehouse_id, stock_item_id) do nothing
                """, values),
            Statement(
                """
                select \(WarehouseStock.selected) from warehouse_stock s
                where s.stock_item_id = $1 and s.warehouse_id = any ($2) order by s.id for update
                """, values),
        ])
        let stocks = try ModelRows<WarehouseStock>(rows[1]).all()
        return Dictionary(uniqueKeysWithValues: stocks.map { ($0.warehouseID, $0) })
    }

    func store(_ stock: WarehouseStock) async throws -> WarehouseStock {
        guard abs(stock.onHand.hundredths) <= Money.largest else { throw Self.tooMuch }
        guard let row = try await tx.query(stock.writing()).first else { throw APIError.internalError }
        var saved = stock
        try saved.reread(row)
        return saved
    }

    func write(_ movement: StockMovement) async throws -> StockMovement {
        let statement = movement.writing { sql, _ in
            [("moved_by", sql.bind(.int(context.principal.userID))), ("moved_at", "clock_timestamp()")]
        }
        guard let row = try await tx.query(statement).first else { throw APIError.internalError }
        var saved = movement
        try saved.reread(row)
        try await context.record([.created], saved, in: tx)
        return saved
    }

    // MARK: Cost layers

    func addLayers(_ layers: [Layer], of movement: StockMovement) async throws {
        for layer in layers where layer.quantity > .zero {
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
                        movement.stockItemID.parameter, movement.warehouseID.parameter, .text(layer.lotType),
                        layer.unitCost.parameter, layer.quantity.parameter, movement.movedBy.parameter,
                        movement.id.parameter,
                    ]))
        }
    }

    /// Takes a quantity out of the oldest layers; what they don't cover is taken at `fallback`.
    func consume(_ quantity: Quantity, for movement: StockMovement, fallback: Money) async throws -> [Layer] {
        let rows = try await tx.query(
            Statement(
                """
                select \(StockLot.selected) from stock_lots l
                where l.stock_item_id = $1 and l.warehouse_id = $2 and l.quantity_on_hand > 0 order by l.id for update
                """, [movement.stockItemID.parameter, movement.warehouseID.parameter]))
        var rest = quantity
        var layers: [Layer] = []
        for row in rows where rest > .zero {
            let lot = try StockLot(row)
            let taken = min(rest, lot.onHand)
            rest -= taken
            layers.append(Layer(quantity: taken, unitCost: lot.unitCost, lotType: lot.type))
            _ = try await tx.query(
                Statement(
                    """
                    with lot as (
                        update stock_lots set quantity_on_hand = quantity_on_hand - $2::numeric where id = $1
                        returning id, unit_cost)
                    insert into stock_lot_allocations (stock_movement_id, stock_lot_id, quantity, unit_cost)
                    select $3, id, -$2::numeric, unit_cost from lot
                    """, [lot.id.parameter, taken.parameter, movement.id.parameter]))
        }
        if rest > .zero { layers.append(Layer(quantity: rest, unitCost: fallback, lotType: "normal")) }
        return layers
    }
}

/// Stock that came in at one cost and isn't all gone.
private struct StockLot: RowModel {
    var id: ID<StockLot> = .none
    var onHand = Quantity.zero
    var unitCost = Money.zero
    var type = ""

    static let table = "stock_lots"
    static let alias = "l"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ lot: inout StockLot) {
        row.key("id", &lot.id)
        row.column("quantity_on_hand", &lot.onHand)
        row.fixed("unit_cost", &lot.unitCost)
        row.fixed("lot_type", &lot.type)
    }
}
