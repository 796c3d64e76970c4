import HTTPTypes

/// `/api/v1/inventory/reports` (behaviour.md §9.7).
enum InventoryReportResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/reports/valuation", summary: "Value of the stock",
            details: """
                Active items whose stock is counted, at the cost of their lots, what lots don't cover at the default cost. \
                Different currencies are added up without conversion; mixed_currencies tells.
                """,
            access: InventoryAccess.read, module: .inventory,
            query: [
                .integer("warehouse_id", "Only this warehouse"), .text("category", "Items of this category"),
                .text("currency_code", "Items in this currency"),
            ], isHeavy: true, response: ValuationReport.schema, handler: ValuationReport.reply),
        Route(
            .get, path: "/api/v1/inventory/reports/movement-history", summary: "Stock movements",
            details: "Newest first. Without page and per_page everything, up to 10,000 rows.",
            access: InventoryAccess.read, module: .inventory,
            query: [
                .dateTime("date_from", "Movements at or after this"),
                .dateTime("date_to", "Movements at or before this; a date means its whole day"),
                .integer("stock_item_id", "Only this item"), .integer("warehouse_id", "Only this warehouse"),
                .text("movement_type", "Only this type"), .page, .perPage,
            ], isHeavy: true, response: MovementHistory.schema, handler: MovementHistory.reply),
        Route(
            .get, path: "/api/v1/inventory/reports/turnover", summary: "How often the stock turned over",
            details: "Items with sales or use within the span of time.", access: InventoryAccess.read,
            module: .inventory,
            query: [
                .dateTime("start_date", "Default 365 days ago"),
                .dateTime("end_date", "Default the end of today; a date means its whole day"),
                .integer("item_id", "Only this item"),
            ], isHeavy: true, response: TurnoverReport.schema, handler: TurnoverReport.reply),
        Route(
            .get, path: "/api/v1/inventory/reports/low-stock", summary: "Items below their reorder point",
            details: "One row for each item and warehouse; items without any stock once, without a warehouse.",
            access: InventoryAccess.read, module: .inventory, query: [.integer("warehouse_id", "Only this warehouse")],
            response: .object(properties: [("items", .array(of: LowStock.schema))], required: ["items"]),
            handler: LowStock.reply),
    ]
}
