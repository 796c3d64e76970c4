import Postgres

/// A line of a quote (behaviour.md §8.1).
struct QuoteItem: Sendable {
    enum Kind: String, CaseIterable, ColumnValue {
        case item, expense, good
    }

    var id: ID<QuoteItem> = .none
    var quoteID: ID<Quote> = .none
    var kind = Kind.item
    var displayName: String?
    var category: String?
    var lineDate: Day?
    var sku: String?
    var description = "-"
    var quantity = Quantity(1_00)
    var unitPrice = Money.zero
    /// Quantity times price, half up.
    var total = Money.zero
    var unit: String?
    var stockItemID: ID<StockItem>?
    var warehouseID: ID<Warehouse>?
    var position: Int64 = 0
    var createdAt = Instant.none

    /// Whether they say the same, whichever lines they are.
    func hasSameContent(as other: QuoteItem) -> Bool {
        kind == other.kind && displayName == other.displayName && category == other.category
            && lineDate == other.lineDate && sku == other.sku && description == other.description
            && quantity == other.quantity && unitPrice == other.unitPrice && total == other.total && unit == other.unit
            && stockItemID == other.stockItemID && warehouseID == other.warehouseID && position == other.position
    }
}

extension QuoteItem: RowModel {
    static let table = "quote_items"
    static let alias = "l"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ item: inout QuoteItem) {
        row.key("id", &item.id)
        row.fixed("quote_id", &item.quoteID)
        row.column("line_kind", &item.kind)
        row.column("display_name", &item.displayName)
        row.column("category", &item.category)
        row.column("line_date", &item.lineDate)
        row.column("sku", &item.sku)
        row.column("description", &item.description)
        row.column("quantity", &item.quantity)
        row.column("unit_price", &item.unitPrice)
        row.column("total_amount", &item.total)
        row.column("unit", &item.unit)
        row.column("stock_item_id", &item.stockItemID)
        row.column("warehouse_id", &item.warehouseID)
        row.column("position", &item.position)
        row.stored("created_at", &item.createdAt)
    }
}

extension QuoteItem: JSONModel {
    static let schemaName = "QuoteItem"

    static func describe(_ object: inout some MemberVisitor<QuoteItem>) {
        object.id("id") { $0.id }
        object.id("quote_id") { $0.quoteID }
        object.string("line_kind", values: Kind.allCases.map(\.rawValue)) { $0.kind.rawValue }
        object.string("display_name", nullable: true) { $0.displayName }
        object.string("category", nullable: true) { $0.category }
        object.date("line_date", nullable: true) { $0.lineDate }
        object.string("sku", nullable: true) { $0.sku }
        object.string("description") { $0.description }
        object.amount("quantity") { $0.quantity }
        object.amount("unit_price") { $0.unitPrice }
        object.amount("total_amount", "quantity × unit_price") { $0.total }
        object.string("unit", nullable: true) { $0.unit }
        object.id("stock_item_id", nullable: true) { $0.stockItemID }
        object.id("warehouse_id", nullable: true) { $0.warehouseID }
        object.boolean("is_stock_item") { $0.stockItemID != nil }
        object.integer("position") { $0.position }
        object.instant("created_at") { $0.createdAt }
    }
}
