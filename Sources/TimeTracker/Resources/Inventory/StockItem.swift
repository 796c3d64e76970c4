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

    static let totals = """
        left join lateral (
            select sum(s.quantity_on_hand) as on_hand, sum(s.quantity_reserved) as reserved,
                   bool_or(s.quantity_on_hand < i.reorder_point) as is_low
            from warehouse_stock s where s.stock_item_id = i.id) totals on true
        """
}

extension StockItem: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        sku = columns.string()
        name = columns.string()
        description = columns.stringOrNull()
        category = columns.stringOrNull()
        unit = columns.string()
        defaultCost = columns.hundredthsOrNull()
        defaultPrice = columns.hundredthsOrNull()
        currency = columns.string()
        barcode = columns.stringOrNull()
        isActive = columns.bool()
        isTrackable = columns.bool()
        reorderPoint = columns.hundredthsOrNull()
        reorderQuantity = columns.hundredthsOrNull()
        supplier = columns.stringOrNull()
        supplierSKU = columns.stringOrNull()
        imageURL = columns.stringOrNull()
        notes = columns.stringOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        createdBy = columns.int()
        onHand = columns.hundredthsOrNull() ?? 0
        reserved = columns.hundredthsOrNull() ?? 0
        isBelowReorderPoint = columns.boolOrNull() ?? false
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
    static let entityType = EntityType.stockItem
    var entityName: String { name }
    var audience: Audience { .administrators }
}
