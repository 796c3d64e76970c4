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
        return try .list(key: "stock_levels", levels, pagination)
    }

    /// The page of stock levels that the query asks for.
    static func found(_ call: Call) async throws -> (models: ModelRows<StockLevel>, pagination: Pagination) {
        var query = call.query
        let warehouseID: ID<Warehouse>? = query.id("warehouse_id")
        let itemID: ID<StockItem>? = query.id("stock_item_id")
        let category = query.text("category")
        let page = query.page()
        try query.finish()
        return try await StockLevel.list(
            warehouseID: warehouseID, itemID: itemID, category: category, page, call.context)
    }
}
