import Postgres

/// A line of a quote (behaviour.md §8.1). Money and quantities in hundredths.
struct QuoteItem: Sendable {
    static let kinds = ["item", "expense", "good"]

    var id: Int64 = 0
    var quoteID: Int64 = 0
    var kind = "item"
    var displayName: String?
    var category: String?
    /// Days since 2000-01-01.
    var lineDate: Int32?
    var sku: String?
    var description = "-"
    var quantity: Int64 = 100
    var unitPrice: Int64 = 0
    /// Quantity times price, half up.
    var total: Int64 = 0
    var unit: String?
    var stockItemID: Int64?
    var warehouseID: Int64?
    var position: Int64 = 0
    var createdAt: Int64 = 0

    /// Whether they say the same, whichever lines they are.
    func hasSameContent(as other: QuoteItem) -> Bool {
        kind == other.kind && displayName == other.displayName && category == other.category
            && lineDate == other.lineDate && sku == other.sku && description == other.description
            && quantity == other.quantity && unitPrice == other.unitPrice && total == other.total && unit == other.unit
            && stockItemID == other.stockItemID && warehouseID == other.warehouseID && position == other.position
    }

    static let columns = """
        id, quote_id, line_kind, display_name, category, line_date, sku, description, quantity, unit_price, total_amount, unit,
        stock_item_id, warehouse_id, position, created_at
        """
}

extension QuoteItem: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        quoteID = columns.int()
        kind = columns.string()
        displayName = columns.stringOrNull()
        category = columns.stringOrNull()
        lineDate = columns.dateOrNull()
        sku = columns.stringOrNull()
        description = columns.string()
        quantity = columns.hundredths()
        unitPrice = columns.hundredths()
        total = columns.hundredths()
        unit = columns.stringOrNull()
        stockItemID = columns.intOrNull()
        warehouseID = columns.intOrNull()
        position = columns.int()
        createdAt = columns.timestamp()
    }
}

extension QuoteItem: JSONModel {
    static let schemaName = "QuoteItem"

    static func describe(_ object: inout some MemberVisitor<QuoteItem>) {
        object.integer("id") { $0.id }
        object.integer("quote_id") { $0.quoteID }
        object.string("line_kind", values: kinds) { $0.kind }
        object.string("display_name", nullable: true) { $0.displayName }
        object.string("category", nullable: true) { $0.category }
        object.date("line_date", nullable: true) { $0.lineDate }
        object.string("sku", nullable: true) { $0.sku }
        object.string("description") { $0.description }
        object.money("quantity") { $0.quantity }
        object.money("unit_price") { $0.unitPrice }
        object.money("total_amount", "quantity × unit_price") { $0.total }
        object.string("unit", nullable: true) { $0.unit }
        object.integer("stock_item_id", nullable: true) { $0.stockItemID }
        object.integer("warehouse_id", nullable: true) { $0.warehouseID }
        object.boolean("is_stock_item") { $0.stockItemID != nil }
        object.integer("position") { $0.position }
        object.instant("created_at") { $0.createdAt }
    }
}
