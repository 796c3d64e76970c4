/// The fields of a line in a quote's body (behaviour.md §8.4).
enum QuoteItemInput {
    /// Most lines of a quote.
    static let limit = 1000

    private static let description = InputField<String>.string(
        "description", max: 500, emptyIsNull: true, nullable: true)
    private static let quantity = InputField<Quantity>.quantity("quantity", precision: 10, nullable: true)
    private static let unitPrice = InputField<Money>.amount("unit_price", precision: 10, nullable: true)
    private static let unit = InputField<String>.string("unit", max: 20, emptyIsNull: true, nullable: true)
    /// Anything unknown means `item`.
    private static let kind = InputField<String>.string("line_kind", max: 50, nullable: true)
    private static let displayName = InputField<String>.string(
        "display_name", max: 200, emptyIsNull: true, nullable: true)
    private static let category = InputField<String>.string("category", max: 50, emptyIsNull: true, nullable: true)
    private static let lineDate = InputField<Day>.day("line_date", nullable: true)
    private static let sku = InputField<String>.string("sku", max: 100, emptyIsNull: true, nullable: true)
    private static let stockItemID = InputField<ID<StockItem>>.id("stock_item_id", nullable: true)
    private static let warehouseID = InputField<ID<Warehouse>>.id("warehouse_id", nullable: true)

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
        item.kind = input.get(kind).value.flatMap(QuoteItem.Kind.init(rawValue:)) ?? .item
        let displayName = input.get(displayName).value
        let category = input.get(category).value
        let lineDate = input.get(lineDate).value
        let sku = input.get(sku).value
        let stockItemID = input.get(stockItemID).value
        let warehouseID = input.get(warehouseID).value
        item.description = input.get(description).value ?? displayName ?? "-"
        item.quantity = input.get(quantity).value ?? Quantity(1_00)
        item.unitPrice = input.get(unitPrice).value ?? .zero
        item.unit = input.get(unit).value
        if item.kind != .item {
            item.displayName = displayName
            item.category = category
        }
        if item.kind == .expense { item.lineDate = lineDate }
        if item.kind == .good { item.sku = sku }
        if item.kind == .item {
            item.stockItemID = stockItemID
            item.warehouseID = warehouseID
        }
        guard let total = Money.scaled(item.quantity.hundredths, by: item.unitPrice.hundredths, over: 100) else {
            return nil
        }
        item.total = Money(total)
        return item
    }
}
