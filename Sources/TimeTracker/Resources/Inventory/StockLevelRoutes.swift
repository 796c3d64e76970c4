import HTTPTypes
import Postgres

/// `GET /api/v1/inventory/stock-levels` (behaviour.md §9.4).
enum StockLevelResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/stock-levels", summary: "List stock levels",
            details: "By warehouse code, then item name.", access: InventoryAccess.read, module: .inventory,
            query: [
                .integer("warehouse_id", "Only this warehouse"), .integer("stock_item_id", "Only this item"),
                .text("category", "Items of this category"), .page, .perPage,
            ], response: .list("stock_levels", of: StockLevel.schema), handler: list)
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let warehouseID = query.integer("warehouse_id")
        let itemID = query.integer("stock_item_id")
        let category = query.text("category")
        let page = query.page()
        try query.finish()
        var sql = SQL()
        var conditions = ["true"]
        if let warehouseID { conditions.append("s.warehouse_id = \(sql.bind(.int(warehouseID)))") }
        if let itemID { conditions.append("s.stock_item_id = \(sql.bind(.int(itemID)))") }
        if let category { conditions.append("i.category = \(sql.bind(.text(category)))") }
        let source = """
            from warehouse_stock s join warehouses w on w.id = s.warehouse_id join stock_items i on i.id = s.stock_item_id
            where \(conditions.joined(separator: " and "))
            """
        let rows = try await call.db.query(
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
        let (levels, pagination) = PageQuery.read(rows, page) { StockLevel($0, offset: 1) }
        return .list(key: "stock_levels", levels, pagination)
    }
}

/// What a warehouse holds of an item, with both.
struct StockLevel: Sendable {
    let stock: WarehouseStock
    let warehouse: Warehouse
    let item: StockItem

    init(_ row: Row, offset o: Int) {
        stock = WarehouseStock(row, offset: o)
        warehouse = Warehouse(row, offset: o + WarehouseStock.columnCount)
        item = StockItem(row, offset: o + WarehouseStock.columnCount + Warehouse.columnCount)
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
