/// The fields of a stock item's body (behaviour.md §9.2).
enum StockItemInput {
    static let body = ModelBody<StockItem>(
        "StockItemInput",
        [
            .init(.string("sku", max: 100, min: 1, required: "sku is required"), \.sku) { $0.uppercased() },
            .init(.string("name", max: 200, min: 1, required: "name is required"), \.name),
            .init(.string("description", max: 10_000, emptyIsNull: true, nullable: true), \.description),
            .init(.string("category", max: 100, emptyIsNull: true, nullable: true), \.category),
            .init(
                .string("unit", max: 20, emptyIsNull: true, nullable: true), \.unit, orNull: StockItem.standardUnit),
            .init(.amount("default_cost", precision: 10, nullable: true), \.defaultCost),
            .init(.amount("default_price", precision: 10, nullable: true), \.defaultPrice),
            .init(QuoteInput.currency, \.currency, orNull: StockItem.standardCurrency),
            .init(.string("barcode", max: 100, emptyIsNull: true, nullable: true), \.barcode),
            .init(.boolean("is_active"), \.isActive),
            .init(.boolean("is_trackable"), \.isTrackable),
            .init(.quantity("reorder_point", precision: 10, nullable: true), \.reorderPoint),
            .init(.quantity("reorder_quantity", precision: 10, nullable: true), \.reorderQuantity),
            .init(.string("supplier", max: 200, emptyIsNull: true, nullable: true), \.supplier),
            .init(.string("supplier_sku", max: 100, emptyIsNull: true, nullable: true), \.supplierSKU),
            .init(.string("image_url", max: 500, emptyIsNull: true, nullable: true), \.imageURL),
            .init(.string("notes", max: 10_000, emptyIsNull: true, nullable: true), \.notes),
        ])
}
