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

extension StockMovement: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        type = columns.string()
        stockItemID = columns.int()
        warehouseID = columns.int()
        quantity = columns.hundredths()
        referenceType = columns.stringOrNull()
        referenceID = columns.intOrNull()
        unitCost = columns.hundredthsOrNull()
        reason = columns.stringOrNull()
        notes = columns.stringOrNull()
        movedBy = columns.int()
        movedAt = columns.timestamp()
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
    static let entityType = EntityType.stockMovement
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

    var available: Int64 { onHand - reserved }
}

extension WarehouseStock: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        warehouseID = columns.int()
        stockItemID = columns.int()
        onHand = columns.hundredths()
        reserved = columns.hundredths()
        location = columns.stringOrNull()
        lastCountedAt = columns.timestampOrNull()
        lastCountedBy = columns.intOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
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
