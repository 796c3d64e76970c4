import Postgres

/// What a warehouse holds of an item, with both.
struct StockLevel: Sendable, ColumnReadable {
    let stock: WarehouseStock
    let warehouse: Warehouse
    let item: StockItem

    /// By warehouse code, then item name.
    static func list(
        warehouseID: Int64?, itemID: Int64?, category: String?, _ page: PageRequest, _ context: Context
    ) async throws -> (models: some Sequence<StockLevel>, pagination: Pagination) {
        var sql = SQL()
        var conditions = ["true"]
        if let warehouseID { conditions.append("s.warehouse_id = \(sql.bind(.int(warehouseID)))") }
        if let itemID { conditions.append("s.stock_item_id = \(sql.bind(.int(itemID)))") }
        if let category { conditions.append("i.category = \(sql.bind(.text(category)))") }
        let source = """
            from warehouse_stock s join warehouses w on w.id = s.warehouse_id join stock_items i on i.id = s.stock_item_id
            where \(conditions.joined(separator: " and "))
            """
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) \(source))",
                page: "select s.*, w.code as sort_code, i.name as sort_name \(source)",
                order: "sort_code, sort_name, s.id"
            ).statement(
                sql, page,
                columns: "\(WarehouseStock.columns), \(Warehouse.columns), \(StockItem.columns)", alias: "s",
                joins: """
                    left join warehouses w on w.id = s.warehouse_id left join stock_items i on i.id = s.stock_item_id
                    \(StockItem.totals)
                    """))
        return PageQuery.read(rows, page) { StockLevel($0, offset: 1) }
    }

    init(_ columns: inout ColumnReader) {
        stock = WarehouseStock(&columns)
        warehouse = Warehouse(&columns)
        item = StockItem(&columns)
    }
}

extension StockLevel: JSONModel {
    static let schemaName = "StockLevel"

    static func describe(_ object: inout some MemberVisitor<StockLevel>) {
        object.object("warehouse") { $0.warehouse }
        object.object("stock_item") { $0.item }
        object.money("quantity_on_hand") { $0.stock.onHand }
        object.money("quantity_reserved") { $0.stock.reserved }
        object.money("quantity_available") { $0.stock.available }
        object.string("location", nullable: true) { $0.stock.location }
    }
}
