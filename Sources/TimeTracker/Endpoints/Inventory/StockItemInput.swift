/// The fields of a stock item's body (behaviour.md §9.2).
enum StockItemInput {
    static let sku = InputField<String>.string("sku", max: 100, min: 1, required: "sku is required")
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "name is required")
    static let description = InputField<String>.string("description", max: 10_000, emptyIsNull: true, nullable: true)
    static let category = InputField<String>.string("category", max: 100, emptyIsNull: true, nullable: true)
    static let unit = InputField<String>.string("unit", max: 20, emptyIsNull: true, nullable: true)
    static let defaultCost = InputField<Int64>.money("default_cost", precision: 10, nullable: true)
    static let defaultPrice = InputField<Int64>.money("default_price", precision: 10, nullable: true)
    static let currency = QuoteInput.currency
    static let barcode = InputField<String>.string("barcode", max: 100, emptyIsNull: true, nullable: true)
    static let isActive = InputField<Bool>.boolean("is_active")
    static let isTrackable = InputField<Bool>.boolean("is_trackable")
    static let reorderPoint = InputField<Int64>.decimal("reorder_point", precision: 10, nullable: true)
    static let reorderQuantity = InputField<Int64>.decimal("reorder_quantity", precision: 10, nullable: true)
    static let supplier = InputField<String>.string("supplier", max: 200, emptyIsNull: true, nullable: true)
    static let supplierSKU = InputField<String>.string("supplier_sku", max: 100, emptyIsNull: true, nullable: true)
    static let imageURL = InputField<String>.string("image_url", max: 500, emptyIsNull: true, nullable: true)
    static let notes = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)

    static let body = BodySchema(
        "StockItemInput",
        [
            sku, name, description, category, unit, defaultCost, defaultPrice, currency, barcode, isActive, isTrackable,
            reorderPoint, reorderQuantity, supplier, supplierSKU, imageURL, notes,
        ])
}

extension StockItemChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
        sku = input.get(StockItemInput.sku)
        name = input.get(StockItemInput.name)
        description = input.get(StockItemInput.description)
        category = input.get(StockItemInput.category)
        unit = input.get(StockItemInput.unit)
        defaultCost = input.get(StockItemInput.defaultCost)
        defaultPrice = input.get(StockItemInput.defaultPrice)
        currency = input.get(StockItemInput.currency)
        barcode = input.get(StockItemInput.barcode)
        isActive = input.get(StockItemInput.isActive)
        isTrackable = input.get(StockItemInput.isTrackable)
        reorderPoint = input.get(StockItemInput.reorderPoint)
        reorderQuantity = input.get(StockItemInput.reorderQuantity)
        supplier = input.get(StockItemInput.supplier)
        supplierSKU = input.get(StockItemInput.supplierSKU)
        imageURL = input.get(StockItemInput.imageURL)
        notes = input.get(StockItemInput.notes)
    }
}
