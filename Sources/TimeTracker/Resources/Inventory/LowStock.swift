import Postgres

/// An item below its reorder point in a warehouse.
struct LowStock: Sendable {
    var itemID: ID<StockItem> = .none
    var sku = ""
    var name = ""
    var warehouseID: ID<Warehouse>?
    var warehouseCode: String?
    var warehouseName: String?
    var onHand = Quantity.zero
    var reorderPoint = Quantity.zero
    var reorderQuantity = Quantity.zero

    /// - Parameter warehouseID: nil = all.
    static func list(warehouseID: ID<Warehouse>?, _ context: Context) async throws -> [LowStock] {
        let rows = try await context.db.query(
            Statement(
                """
                select \(selected) from stock_items i
                left join warehouse_stock s on s.stock_item_id = i.id left join warehouses w on w.id = s.warehouse_id
                where i.is_active and i.is_trackable and i.reorder_point > 0
                  and coalesce(s.quantity_on_hand, 0) < i.reorder_point and ($1::bigint is null or w.id = $1)
                order by i.reorder_point - coalesce(s.quantity_on_hand, 0) desc, i.name, i.id, w.code
                """, [warehouseID.parameter]))
        return try ModelRows(rows).all()
    }
}

extension LowStock: RowProjection {
    static let table = StockItem.table
    static let alias = StockItem.alias
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ low: inout LowStock) {
        row.column("id", &low.itemID)
        row.column("sku", &low.sku)
        row.column("name", &low.name)
        row.computed("w.id", &low.warehouseID)
        row.computed("w.code", &low.warehouseCode)
        row.computed("w.name", &low.warehouseName)
        row.computed("coalesce(s.quantity_on_hand, 0::numeric)", &low.onHand)
        row.column("reorder_point", &low.reorderPoint)
        row.column("reorder_quantity", &low.reorderQuantity, read: "coalesce(i.reorder_quantity, 0::numeric)")
    }
}

extension LowStock: JSONModel {
    static let schemaName = "LowStock"

    static func describe(_ object: inout some MemberVisitor<LowStock>) {
        object.id("item_id") { $0.itemID }
        object.string("item_sku") { $0.sku }
        object.string("item_name") { $0.name }
        object.id("warehouse_id", nullable: true) { $0.warehouseID }
        object.string("warehouse_code", nullable: true) { $0.warehouseCode }
        object.string("warehouse_name", nullable: true) { $0.warehouseName }
        object.amount("quantity_on_hand") { $0.onHand }
        object.amount("reorder_point") { $0.reorderPoint }
        object.amount("reorder_quantity") { $0.reorderQuantity }
        object.amount("shortfall") { $0.reorderPoint - $0.onHand }
    }
}
