import Postgres

/// A thing that is kept in stock (behaviour.md §9.2). Money and quantities in hundredths, instants in µs since
/// 2000-01-01 UTC.
struct StockItem: Sendable {
    var id: Int64 = 0
    var sku = ""
    var name = ""
    var description: String?
    var category: String?
    var unit = "pcs"
    var defaultCost: Int64?
    var defaultPrice: Int64?
    var currency = "EUR"
    var barcode: String?
    var isActive = true
    var isTrackable = true
    var reorderPoint: Int64?
    var reorderQuantity: Int64?
    var supplier: String?
    var supplierSKU: String?
    var imageURL: String?
    var notes: String?
    var createdAt: Int64 = 0
    var updatedAt: Int64 = 0
    var createdBy: Int64 = 0
    /// Over all warehouses.
    var onHand: Int64 = 0
    var reserved: Int64 = 0
    /// Whether some warehouse holds less than the reorder point.
    var isBelowReorderPoint = false

    /// Columns over `stock_items i` and ``totals``.
    static let columns = """
        i.id, i.sku, i.name, i.description, i.category, i.unit, i.default_cost, i.default_price, i.currency_code, i.barcode,
        i.is_active, i.is_trackable, i.reorder_point, i.reorder_quantity, i.supplier, i.supplier_sku, i.image_url, i.notes,
        i.created_at, i.updated_at, i.created_by, totals.on_hand, totals.reserved, totals.is_low
        """
    static let columnCount = 24

    static let totals = """
        left join lateral (
            select sum(s.quantity_on_hand) as on_hand, sum(s.quantity_reserved) as reserved,
                   bool_or(s.quantity_on_hand < i.reorder_point) as is_low
            from warehouse_stock s where s.stock_item_id = i.id) totals on true
        """
}

extension StockItem {
    init(_ row: Row, offset o: Int = 0) {
        id = row.int(o)
        sku = row.string(o + 1)
        name = row.string(o + 2)
        description = row.stringOrNull(o + 3)
        category = row.stringOrNull(o + 4)
        unit = row.string(o + 5)
        defaultCost = row.hundredthsOrNull(o + 6)
        defaultPrice = row.hundredthsOrNull(o + 7)
        currency = row.string(o + 8)
        barcode = row.stringOrNull(o + 9)
        isActive = row.bool(o + 10)
        isTrackable = row.bool(o + 11)
        reorderPoint = row.hundredthsOrNull(o + 12)
        reorderQuantity = row.hundredthsOrNull(o + 13)
        supplier = row.stringOrNull(o + 14)
        supplierSKU = row.stringOrNull(o + 15)
        imageURL = row.stringOrNull(o + 16)
        notes = row.stringOrNull(o + 17)
        createdAt = row.timestamp(o + 18)
        updatedAt = row.timestamp(o + 19)
        createdBy = row.int(o + 20)
        onHand = row.hundredthsOrNull(o + 21) ?? 0
        reserved = row.hundredthsOrNull(o + 22) ?? 0
        isBelowReorderPoint = row.boolOrNull(o + 23) ?? false
    }
}

extension StockItem: JSONModel {
    static let schemaName = "StockItem"

    static func describe(_ object: inout some MemberVisitor<StockItem>) {
        object.integer("id") { $0.id }
        object.string("sku") { $0.sku }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("category", nullable: true) { $0.category }
        object.string("unit") { $0.unit }
        object.money("default_cost", nullable: true) { $0.defaultCost }
        object.money("default_price", nullable: true) { $0.defaultPrice }
        object.string("currency_code") { $0.currency }
        object.string("barcode", nullable: true) { $0.barcode }
        object.boolean("is_active") { $0.isActive }
        object.boolean("is_trackable", "Whether stock is counted at all") { $0.isTrackable }
        object.money("reorder_point", nullable: true) { $0.reorderPoint }
        object.money("reorder_quantity", nullable: true) { $0.reorderQuantity }
        object.string("supplier", nullable: true) { $0.supplier }
        object.string("supplier_sku", nullable: true) { $0.supplierSKU }
        object.string("image_url", nullable: true) { $0.imageURL }
        object.string("notes", nullable: true) { $0.notes }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.integer("created_by") { $0.createdBy }
        object.money("total_quantity_on_hand", nullable: true, "Over all warehouses; null if not trackable") {
            $0.isTrackable ? $0.onHand : nil
        }
        object.money("total_quantity_reserved", nullable: true) { $0.isTrackable ? $0.reserved : nil }
        object.money("total_quantity_available", nullable: true) { $0.isTrackable ? $0.onHand - $0.reserved : nil }
        object.boolean("is_low_stock", "Some warehouse holds less than the reorder point") {
            $0.isTrackable && $0.reorderPoint != nil && $0.isBelowReorderPoint
        }
    }
}

extension StockItem: ChangeSubject {
    static let entityType = "stock_item"
    var entityName: String { name }
    var audience: Audience { .administrators }
}
