import Postgres

/// A thing that is kept in stock (behaviour.md §9.2).
struct StockItem: Sendable {
    var id: ID<StockItem> = .none
    var sku = ""
    var name = ""
    var description: String?
    var category: String?
    var unit = standardUnit
    var defaultCost: Money?
    var defaultPrice: Money?
    var currency = standardCurrency
    var barcode: String?
    var isActive = true
    /// Whether stock is counted at all.
    var isTrackable = true
    var reorderPoint: Quantity?
    var reorderQuantity: Quantity?
    var supplier: String?
    var supplierSKU: String?
    var imageURL: String?
    var notes: String?
    var createdAt = Instant.none
    var updatedAt = Instant.none
    var createdBy: ID<User> = .none
    /// Over all warehouses.
    var onHand = Quantity.zero
    var reserved = Quantity.zero
    /// Whether some warehouse holds less than the reorder point.
    var isBelowReorderPoint = false

    static let standardUnit = "pcs"
    static let standardCurrency = "EUR"
}

extension StockItem: StoredObject {
    static let table = "stock_items"
    static let alias = "i"
    static let selected = selectList()
    static let removal = Removal<StockItem>.deactivate { $0.isActive = false }
    /// The reorder point decides whether stock is low.
    static let isReadAfterSaving = true

    static let joins = """
        left join lateral (
            select sum(s.quantity_on_hand) as on_hand, sum(s.quantity_reserved) as reserved,
                   bool_or(s.quantity_on_hand < i.reorder_point) as is_low
            from warehouse_stock s where s.stock_item_id = i.id) totals on true
        """

    static let constraints = [
        Constraint("stock_items_sku_key", "sku", "A stock item with this SKU already exists")
    ]

    static func map(_ row: inout some ColumnVisitor, _ item: inout StockItem) {
        row.key("id", &item.id)
        row.column("sku", &item.sku)
        row.column("name", &item.name)
        row.column("description", &item.description)
        row.column("category", &item.category)
        row.column("unit", &item.unit)
        row.column("default_cost", &item.defaultCost)
        row.column("default_price", &item.defaultPrice)
        row.column("currency_code", &item.currency)
        row.column("barcode", &item.barcode)
        row.column("is_active", &item.isActive)
        row.column("is_trackable", &item.isTrackable)
        row.column("reorder_point", &item.reorderPoint)
        row.column("reorder_quantity", &item.reorderQuantity)
        row.column("supplier", &item.supplier)
        row.column("supplier_sku", &item.supplierSKU)
        row.column("image_url", &item.imageURL)
        row.column("notes", &item.notes)
        row.stored("created_at", &item.createdAt)
        row.stored("updated_at", &item.updatedAt)
        row.stored("created_by", &item.createdBy)
        row.computed("coalesce(totals.on_hand, 0)", &item.onHand)
        row.computed("coalesce(totals.reserved, 0)", &item.reserved)
        row.computed("coalesce(totals.is_low, false)", &item.isBelowReorderPoint)
    }
}

extension StockItem: JSONModel {
    static let schemaName = "StockItem"

    static func describe(_ object: inout some MemberVisitor<StockItem>) {
        object.id("id") { $0.id }
        object.string("sku") { $0.sku }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("category", nullable: true) { $0.category }
        object.string("unit") { $0.unit }
        object.amount("default_cost", nullable: true) { $0.defaultCost }
        object.amount("default_price", nullable: true) { $0.defaultPrice }
        object.string("currency_code") { $0.currency }
        object.string("barcode", nullable: true) { $0.barcode }
        object.boolean("is_active") { $0.isActive }
        object.boolean("is_trackable", "Whether stock is counted at all") { $0.isTrackable }
        object.amount("reorder_point", nullable: true) { $0.reorderPoint }
        object.amount("reorder_quantity", nullable: true) { $0.reorderQuantity }
        object.string("supplier", nullable: true) { $0.supplier }
        object.string("supplier_sku", nullable: true) { $0.supplierSKU }
        object.string("image_url", nullable: true) { $0.imageURL }
        object.string("notes", nullable: true) { $0.notes }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.id("created_by") { $0.createdBy }
        object.amount("total_quantity_on_hand", nullable: true, "Over all warehouses; null if not trackable") {
            $0.isTrackable ? $0.onHand : nil
        }
        object.amount("total_quantity_reserved", nullable: true) { $0.isTrackable ? $0.reserved : nil }
        object.amount("total_quantity_available", nullable: true) { $0.isTrackable ? $0.onHand - $0.reserved : nil }
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

extension ObjectStore<StockItem> {
    /// By name.
    ///
    /// - Parameter search: part of SKU, name or barcode.
    static func list(
        search: String?, category: String?, isActiveOnly: Bool, _ page: PageRequest, _ context: Context
    ) async throws -> (models: ModelRows<StockItem>, pagination: Pagination) {
        try await list(page, context, order: "i.name") { sql in
            var conditions = isActiveOnly ? ["i.is_active"] : []
            if let search {
                let pattern = sql.bind(.text("%\(LikePattern.escape(search))%"))
                conditions.append("(i.sku ilike \(pattern) or i.name ilike \(pattern) or i.barcode ilike \(pattern))")
            }
            if let category { conditions.append("i.category = \(sql.bind(.text(category)))") }
            return conditions
        }
    }
}
