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
            ], isHeavy: true, response: ValuationReport.schema, handler: valuation),
        Route(
            .get, path: "/api/v1/inventory/reports/movement-history", summary: "Stock movements",
            details: "Newest first. Without page and per_page everything, up to 10,000 rows.",
            access: InventoryAccess.read, module: .inventory,
            query: [
                .dateTime("date_from", "Movements at or after this"),
                .dateTime("date_to", "Movements at or before this; a date means its whole day"),
                .integer("stock_item_id", "Only this item"), .integer("warehouse_id", "Only this warehouse"),
                .text("movement_type", "Only this type"), .page, .perPage,
            ], isHeavy: true, response: MovementHistory.schema, handler: history),
        Route(
            .get, path: "/api/v1/inventory/reports/turnover", summary: "How often the stock turned over",
            details: "Items with sales or use within the span of time.", access: InventoryAccess.read,
            module: .inventory,
            query: [
                .dateTime("start_date", "Default 365 days ago"),
                .dateTime("end_date", "Default the end of today; a date means its whole day"),
                .integer("item_id", "Only this item"),
            ], isHeavy: true, response: TurnoverReport.schema, handler: turnover),
        Route(
            .get, path: "/api/v1/inventory/reports/low-stock", summary: "Items below their reorder point",
            details: "One row for each item and warehouse; items without any stock once, without a warehouse.",
            access: InventoryAccess.read, module: .inventory, query: [.integer("warehouse_id", "Only this warehouse")],
            response: .object(properties: [("items", .array(of: LowStock.schema))], required: ["items"]),
            handler: lowStock),
    ]

    @Sendable private static func valuation(_ call: Call) async throws -> Reply {
        let report = try await ValuationReport.asked(call)
        return .json(capacity: 8192) { report.write(to: &$0) }
    }

    @Sendable private static func history(_ call: Call) async throws -> Reply {
        let history = try await MovementHistory.asked(call)
        return try .json(capacity: 16 * 1024) { try history.write(to: &$0) }
    }

    @Sendable private static func turnover(_ call: Call) async throws -> Reply {
        let report = try await TurnoverReport.asked(call)
        return .json(capacity: 4096) { report.write(to: &$0) }
    }

    @Sendable private static func lowStock(_ call: Call) async throws -> Reply {
        let items = try await LowStock.asked(call)
        return .json { json in
            json.beginObject()
            json.key("items")
            json.beginArray()
            for item in items { item.write(to: &json) }
            json.endArray()
            json.endObject()
        }
    }
}

// MARK: What the query of a call asks for

extension ValuationReport {
    static func asked(_ call: Call) async throws -> ValuationReport {
        var query = call.query
        let warehouseID = query.integer("warehouse_id")
        let category = query.text("category")
        let currency = query.text("currency_code")
        try query.finish()
        return try await read(warehouseID: warehouseID, category: category, currency: currency, call.context)
    }
}

extension MovementHistory {
    static func asked(_ call: Call) async throws -> MovementHistory {
        var query = call.query
        let from = query.rangeStart("date_from")
        let to = query.rangeEnd("date_to")
        let itemID = query.integer("stock_item_id")
        let warehouseID = query.integer("warehouse_id")
        let type = query.text("movement_type")
        let isPaged = query.text("page") != nil || query.text("per_page") != nil
        let page = query.page()
        try query.finish()
        let filter = Filter(from: from, to: to, itemID: itemID, warehouseID: warehouseID, type: type)
        return try await read(filter, isPaged ? page : nil, call.context)
    }
}

extension TurnoverReport {
    static func asked(_ call: Call) async throws -> TurnoverReport {
        var query = call.query
        let start = query.rangeStart("start_date")
        let end = query.rangeEnd("end_date")
        let itemID = query.integer("item_id")
        try query.finish()
        return try await read(from: start, to: end, itemID: itemID, call.context)
    }
}

extension LowStock {
    static func asked(_ call: Call) async throws -> [LowStock] {
        var query = call.query
        let warehouseID: ID<Warehouse>? = query.id("warehouse_id")
        try query.finish()
        return try await list(warehouseID: warehouseID, call.context)
    }
}
