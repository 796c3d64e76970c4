/// A change of a stock row (behaviour.md §9.5).
struct StockMovement: Sendable {
    var id: ID<StockMovement> = .none
    var type = ""
    var stockItemID: ID<StockItem> = .none
    var warehouseID: ID<Warehouse> = .none
    /// In positive, out negative.
    var quantity = Quantity.zero
    var referenceType: String?
    var referenceID: Int64?
    var unitCost: Money?
    var reason: String?
    var notes: String?
    var movedBy: ID<User> = .none
    var movedAt = Instant.none
}

extension StockMovement: RowModel {
    static let table = "stock_movements"
    static let alias = "m"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ movement: inout StockMovement) {
        row.key("id", &movement.id)
        row.fixed("movement_type", &movement.type)
        row.fixed("stock_item_id", &movement.stockItemID)
        row.fixed("warehouse_id", &movement.warehouseID)
        row.fixed("quantity", &movement.quantity)
        row.fixed("reference_type", &movement.referenceType)
        row.fixed("reference_id", &movement.referenceID)
        row.fixed("unit_cost", &movement.unitCost)
        row.fixed("reason", &movement.reason)
        row.fixed("notes", &movement.notes)
        row.stored("moved_by", &movement.movedBy)
        row.stored("moved_at", &movement.movedAt)
    }
}

extension StockMovement: JSONModel {
    static let schemaName = "StockMovement"

    static func describe(_ object: inout some MemberVisitor<StockMovement>) {
        object.id("id") { $0.id }
        object.string("movement_type") { $0.type }
        object.id("stock_item_id") { $0.stockItemID }
        object.id("warehouse_id") { $0.warehouseID }
        object.amount("quantity", "In positive, out negative") { $0.quantity }
        object.string("reference_type", nullable: true) { $0.referenceType }
        object.integer("reference_id", nullable: true) { $0.referenceID }
        object.amount("unit_cost", nullable: true) { $0.unitCost }
        object.string("reason", nullable: true) { $0.reason }
        object.string("notes", nullable: true) { $0.notes }
        object.id("moved_by") { $0.movedBy }
        object.instant("moved_at") { $0.movedAt }
    }
}

extension StockMovement: ChangeSubject {
    static let entityType = EntityType.stockMovement
    var entityName: String { "\(type) \(quantity.text)" }
    var audience: Audience { .administrators }
}
