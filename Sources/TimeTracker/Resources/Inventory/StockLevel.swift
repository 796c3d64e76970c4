import Postgres

/// What a warehouse holds of an item, with both.
struct StockLevel: Sendable {
    var stock = WarehouseStock()
    var warehouse = Warehouse()
    var item = StockItem()

    /// By warehouse code, then item name.
    static func list(
        warehouseID: ID<Warehouse>?, itemID: ID<StockItem>?, category: String?, _ page: PageRequest, _ context: Context
    ) async throws -> (models: ModelRows<StockLevel>, pagination: Pagination) {
        var sql = SQL()
        var conditions = ["true"]
        if let warehouseID { conditions.append("s.warehouse_id = \(sql.bind(warehouseID.parameter))") }
        if let itemID { conditions.append("s.stock_item_id = \(sql.bind(itemID.parameter))") }
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
                columns: selected, alias: alias,
                joins: """
                    left join warehouses w on w.id = s.warehouse_id left join stock_items i on i.id = s.stock_item_id
                    \(StockItem.joins)
                    """))
        return PageQuery.read(rows, page)
    }
}

extension StockLevel: RowProjection {
    static let table = WarehouseStock.table
    static let alias = WarehouseStock.alias
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ level: inout StockLevel) {
        row.model(&level.stock)
        row.model(&level.warehouse)
        row.model(&level.item)
    }
}

extension StockLevel: JSONModel {
    static let schemaName = "StockLevel"

    static func describe(_ object: inout some MemberVisitor<StockLevel>) {
        object.object("warehouse") { $0.warehouse }
        object.object("stock_item") { $0.item }
        object.amount("quantity_on_hand") { $0.stock.onHand }
        object.amount("quantity_reserved") { $0.stock.reserved }
        object.amount("quantity_available") { $0.stock.available }
        object.string("location", nullable: true) { $0.stock.location }
    }
}
