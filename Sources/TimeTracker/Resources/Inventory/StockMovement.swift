import Postgres

/// A change of a stock row (behaviour.md §9.5). Quantities are signed, in hundredths.
struct StockMovement: Sendable {
    var id: Int64
    var type: String
    var stockItemID: Int64
    var warehouseID: Int64
    var quantity: Int64
    var referenceType: String?
    var referenceID: Int64?
    var unitCost: Int64?
    var reason: String?
    var notes: String?
    var movedBy: Int64
    var movedAt: Int64

    /// Columns over `stock_movements m`.
    static let columns = """
        m.id, m.movement_type, m.stock_item_id, m.warehouse_id, m.quantity, m.reference_type, m.reference_id, m.unit_cost,
        m.reason, m.notes, m.moved_by, m.moved_at
        """
}

extension StockMovement {
    init(_ row: Row, offset o: Int = 0) {
        id = row.int(o)
        type = row.string(o + 1)
        stockItemID = row.int(o + 2)
        warehouseID = row.int(o + 3)
        quantity = row.hundredths(o + 4)
        referenceType = row.stringOrNull(o + 5)
        referenceID = row.intOrNull(o + 6)
        unitCost = row.hundredthsOrNull(o + 7)
        reason = row.stringOrNull(o + 8)
        notes = row.stringOrNull(o + 9)
        movedBy = row.int(o + 10)
        movedAt = row.timestamp(o + 11)
    }
}

extension StockMovement: JSONModel {
    static let schemaName = "StockMovement"

    static func describe(_ object: inout some MemberVisitor<StockMovement>) {
        object.integer("id") { $0.id }
        object.string("movement_type") { $0.type }
        object.integer("stock_item_id") { $0.stockItemID }
        object.integer("warehouse_id") { $0.warehouseID }
        object.money("quantity", "In positive, out negative") { $0.quantity }
        object.string("reference_type", nullable: true) { $0.referenceType }
        object.integer("reference_id", nullable: true) { $0.referenceID }
        object.money("unit_cost", nullable: true) { $0.unitCost }
        object.string("reason", nullable: true) { $0.reason }
        object.string("notes", nullable: true) { $0.notes }
        object.integer("moved_by") { $0.movedBy }
        object.instant("moved_at") { $0.movedAt }
    }
}

extension StockMovement: ChangeSubject {
    static let entityType = "stock_movement"
    var entityName: String { "\(type) \(Money.format(quantity))" }
    var audience: Audience { .administrators }
}

/// What a warehouse holds of an item: the row that movements change.
struct WarehouseStock: Sendable {
    var id: Int64
    var warehouseID: Int64
    var stockItemID: Int64
    var onHand: Int64
    var reserved: Int64
    var location: String?
    var lastCountedAt: Int64?
    var lastCountedBy: Int64?
    var createdAt: Int64
    var updatedAt: Int64

    /// Columns over `warehouse_stock s`.
    static let columns = """
        s.id, s.warehouse_id, s.stock_item_id, s.quantity_on_hand, s.quantity_reserved, s.location, s.last_counted_at,
        s.last_counted_by, s.created_at, s.updated_at
        """

    static let columnCount = 10

    var available: Int64 { onHand - reserved }
}

extension WarehouseStock {
    init(_ row: Row, offset o: Int = 0) {
        id = row.int(o)
        warehouseID = row.int(o + 1)
        stockItemID = row.int(o + 2)
        onHand = row.hundredths(o + 3)
        reserved = row.hundredths(o + 4)
        location = row.stringOrNull(o + 5)
        lastCountedAt = row.timestampOrNull(o + 6)
        lastCountedBy = row.intOrNull(o + 7)
        createdAt = row.timestamp(o + 8)
        updatedAt = row.timestamp(o + 9)
    }
}

extension WarehouseStock: JSONModel {
    static let schemaName = "WarehouseStock"

    static func describe(_ object: inout some MemberVisitor<WarehouseStock>) {
        object.integer("id") { $0.id }
        object.integer("warehouse_id") { $0.warehouseID }
        object.integer("stock_item_id") { $0.stockItemID }
        object.money("quantity_on_hand") { $0.onHand }
        object.money("quantity_reserved") { $0.reserved }
        object.money("quantity_available", "On hand and not reserved") { $0.available }
        object.string("location", nullable: true) { $0.location }
        object.instant("last_counted_at", nullable: true) { $0.lastCountedAt }
        object.integer("last_counted_by", nullable: true) { $0.lastCountedBy }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
    }
}
