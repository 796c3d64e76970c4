import HTTPTypes

/// `GET /api/v1/inventory/stock-levels` (behaviour.md §9.4).
enum StockLevelResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/stock-levels", summary: "List stock levels",
            details: "By warehouse code, then item name.", access: InventoryAccess.read, module: .inventory,
            query: [
                .integer("warehouse_id", "Only this warehouse"), .integer("stock_item_id", "Only this item"),
                .text("category", "Items of this category"), .page, .perPage,
            ], response: .list("stock_levels", of: StockLevel.schema), handler: list)
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (levels, pagination) = try await found(call)
        return .list(key: "stock_levels", levels, pagination)
    }

    /// The page of stock levels that the query asks for.
    static func found(_ call: Call) async throws -> (some Sequence<StockLevel>, Pagination) {
        var query = call.query
        let warehouseID = query.integer("warehouse_id")
        let itemID = query.integer("stock_item_id")
        let category = query.text("category")
        let page = query.page()
        try query.finish()
        return try await StockLevel.list(
            warehouseID: warehouseID, itemID: itemID, category: category, page, call.context)
    }
}
