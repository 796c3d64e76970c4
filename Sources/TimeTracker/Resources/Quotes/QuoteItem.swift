import Postgres

/// A line of a quote (behaviour.md §8.1). Money and quantities in hundredths.
struct QuoteItem: Sendable {
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

extension QuoteItem {
    init(_ row: Row) {
        id = row.int(0)
        quoteID = row.int(1)
        kind = row.string(2)
        displayName = row.stringOrNull(3)
        category = row.stringOrNull(4)
        lineDate = row.dateOrNull(5)
        sku = row.stringOrNull(6)
        description = row.string(7)
        quantity = row.hundredths(8)
        unitPrice = row.hundredths(9)
        total = row.hundredths(10)
        unit = row.stringOrNull(11)
        stockItemID = row.intOrNull(12)
        warehouseID = row.intOrNull(13)
        position = row.int(14)
        createdAt = row.timestamp(15)
    }
}

extension QuoteItem: JSONModel {
    static let schemaName = "QuoteItem"

    static func describe(_ object: inout some MemberVisitor<QuoteItem>) {
        object.integer("id") { $0.id }
        object.integer("quote_id") { $0.quoteID }
        object.string("line_kind", values: QuoteItemInput.kinds) { $0.kind }
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

/// The fields of a line in a quote's body (behaviour.md §8.4).
enum QuoteItemInput {
    static let kinds = ["item", "expense", "good"]
    /// Most lines of a quote.
    static let limit = 1000

    private static let description = InputField<String>.string(
        "description", max: 500, emptyIsNull: true, nullable: true)
    private static let quantity = InputField<Int64>.decimal("quantity", precision: 10, nullable: true)
    private static let unitPrice = InputField<Int64>.money("unit_price", precision: 10, nullable: true)
    private static let unit = InputField<String>.string("unit", max: 20, emptyIsNull: true, nullable: true)
    /// Anything unknown means `item`.
    private static let kind = InputField<String>.string("line_kind", max: 50, nullable: true)
    private static let displayName = InputField<String>.string(
        "display_name", max: 200, emptyIsNull: true, nullable: true)
    private static let category = InputField<String>.string("category", max: 50, emptyIsNull: true, nullable: true)
    private static let lineDate = InputField<Int32>.date("line_date", nullable: true)
    private static let sku = InputField<String>.string("sku", max: 100, emptyIsNull: true, nullable: true)
    private static let stockItemID = InputField<Int64>.id("stock_item_id", nullable: true)
    private static let warehouseID = InputField<Int64>.id("warehouse_id", nullable: true)

    private static let body = BodySchema(
        "QuoteItemInput",
        [
            kind, description, quantity, unitPrice, unit, displayName, category, lineDate, sku, stockItemID,
            warehouseID,
        ])

    static let items = InputField<[QuoteItem]>.custom(
        "items", schema: .array(of: body.schema), nullable: true, parse: parse)

    @Sendable private static func parse(_ value: JSONValue) -> Result<[QuoteItem], InputFailure> {
        guard let values = value.arrayValue else { return .failure("Not a valid list.") }
        guard values.count <= limit else { return .failure("At most \(limit) items.") }
        var items: [QuoteItem] = []
        for (index, value) in values.enumerated() {
            guard case .object = value else { return .failure("Item \(index + 1): not a valid object.") }
            var input = body.read(value)
            let item = item(&input, position: index)
            if let problem = input.errors.first {
                return .failure("Item \(index + 1): \(problem.field): \(problem.message)")
            }
            guard let item else { return .failure("Item \(index + 1): quantity × unit_price is too large.") }
            items.append(item)
        }
        return .success(items)
    }

    /// Keeps only what a line of its kind has; nil when the total doesn't fit.
    private static func item(_ input: inout InputReader, position: Int) -> QuoteItem? {
        var item = QuoteItem()
        item.position = Int64(position)
        if let kind = input.get(kind).value, kinds.contains(kind) { item.kind = kind }
        let displayName = input.get(displayName).value
        let category = input.get(category).value
        let lineDate = input.get(lineDate).value
        let sku = input.get(sku).value
        let stockItemID = input.get(stockItemID).value
        let warehouseID = input.get(warehouseID).value
        item.description = input.get(description).value ?? displayName ?? "-"
        item.quantity = input.get(quantity).value ?? 100
        item.unitPrice = input.get(unitPrice).value ?? 0
        item.unit = input.get(unit).value
        if item.kind != "item" {
            item.displayName = displayName
            item.category = category
        }
        if item.kind == "expense" { item.lineDate = lineDate }
        if item.kind == "good" { item.sku = sku }
        if item.kind == "item" {
            item.stockItemID = stockItemID
            item.warehouseID = warehouseID
        }
        guard let total = Money.scaled(item.quantity, by: item.unitPrice, over: 100) else { return nil }
        item.total = total
        return item
    }
}
