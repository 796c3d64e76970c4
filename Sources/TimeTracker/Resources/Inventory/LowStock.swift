import Postgres

/// An item below its reorder point in a warehouse.
struct LowStock: Sendable {
    let itemID: Int64
    let sku: String
    let name: String
    let warehouseID: Int64?
    let warehouseCode: String?
    let warehouseName: String?
    let onHand: Int64
    let reorderPoint: Int64
    let reorderQuantity: Int64

    init(_ row: Row) {
        itemID = row.int(0)
        sku = row.string(1)
        name = row.string(2)
        warehouseID = row.intOrNull(3)
        warehouseCode = row.stringOrNull(4)
        warehouseName = row.stringOrNull(5)
        onHand = row.hundredths(6)
        reorderPoint = row.hundredths(7)
        reorderQuantity = row.hundredths(8)
    }

    /// - Parameter warehouseID: nil = all.
    static func list(warehouseID: Int64?, _ context: Context) async throws -> [LowStock] {
        let rows = try await context.db.query(
            Statement(
                """
                select i.id, i.sku, i.name, w.id, w.code, w.name, coalesce(s.quantity_on_hand, 0::numeric), i.reorder_point,
                       coalesce(i.reorder_quantity, 0::numeric)
                from stock_items i
                left join warehouse_stock s on s.stock_item_id = i.id left join warehouses w on w.id = s.warehouse_id
                where i.is_active and i.is_trackable and i.reorder_point > 0
                  and coalesce(s.quantity_on_hand, 0) < i.reorder_point and ($1::bigint is null or w.id = $1)
                order by i.reorder_point - coalesce(s.quantity_on_hand, 0) desc, i.name, i.id, w.code
                """, [.init(warehouseID)]))
        return rows.map { LowStock($0) }
    }
}

extension LowStock: JSONModel {
    static let schemaName = "LowStock"

    static func describe(_ object: inout some MemberVisitor<LowStock>) {
        object.integer("item_id") { $0.itemID }
        object.string("item_sku") { $0.sku }
        object.string("item_name") { $0.name }
        object.integer("warehouse_id", nullable: true) { $0.warehouseID }
        object.string("warehouse_code", nullable: true) { $0.warehouseCode }
        object.string("warehouse_name", nullable: true) { $0.warehouseName }
        object.money("quantity_on_hand") { $0.onHand }
        object.money("reorder_point") { $0.reorderPoint }
        object.money("reorder_quantity") { $0.reorderQuantity }
        object.money("shortfall") { $0.reorderPoint - $0.onHand }
    }
}
