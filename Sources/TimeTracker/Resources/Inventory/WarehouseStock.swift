/// What a warehouse holds of an item: the row that movements change.
struct WarehouseStock: Sendable {
    var id: ID<WarehouseStock> = .none
    var warehouseID: ID<Warehouse> = .none
    var stockItemID: ID<StockItem> = .none
    var onHand = Quantity.zero
    var reserved = Quantity.zero
    var location: String?
    var lastCountedAt: Instant?
    var lastCountedBy: ID<User>?
    var createdAt = Instant.none
    var updatedAt = Instant.none

    var available: Quantity { onHand - reserved }
}

extension WarehouseStock: RowModel {
    static let table = "warehouse_stock"
    static let alias = "s"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ stock: inout WarehouseStock) {
        row.key("id", &stock.id)
        row.fixed("warehouse_id", &stock.warehouseID)
        row.fixed("stock_item_id", &stock.stockItemID)
        row.column("quantity_on_hand", &stock.onHand)
        row.column("quantity_reserved", &stock.reserved)
        row.column("location", &stock.location)
        row.column("last_counted_at", &stock.lastCountedAt)
        row.column("last_counted_by", &stock.lastCountedBy)
        row.stored("created_at", &stock.createdAt)
        row.stored("updated_at", &stock.updatedAt)
    }
}

extension WarehouseStock: JSONModel {
    static let schemaName = "WarehouseStock"

    static func describe(_ object: inout some MemberVisitor<WarehouseStock>) {
        object.id("id") { $0.id }
        object.id("warehouse_id") { $0.warehouseID }
        object.id("stock_item_id") { $0.stockItemID }
        object.amount("quantity_on_hand") { $0.onHand }
        object.amount("quantity_reserved") { $0.reserved }
        object.amount("quantity_available", "On hand and not reserved") { $0.available }
        object.string("location", nullable: true) { $0.location }
        object.instant("last_counted_at", nullable: true) { $0.lastCountedAt }
        object.id("last_counted_by", nullable: true) { $0.lastCountedBy }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
    }
}
