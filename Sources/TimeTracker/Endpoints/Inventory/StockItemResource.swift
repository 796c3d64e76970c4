import HTTPTypes

/// `/api/v1/inventory/items` (behaviour.md §9.2).
enum StockItemResource: Resource {
    static let objects = ObjectRoutes<StockItem>(
        path: "/api/v1/inventory/items", key: "item", module: .inventory, read: InventoryAccess.read,
        write: InventoryAccess.write, body: StockItemInput.body)

    static let routes = [
        objects.list(
            details: "By name.",
            query: [
                .text("search", "Part of SKU, name or barcode"), .text("category", "Items of this category"),
                .boolean("active_only", "Only active items (default true)"),
            ], find: found),
        objects.create, objects.get, objects.update,
        objects.remove(details: "The item and its movements stay."),
        Route(
            .get, path: "\(objects.path)/{id}/availability", summary: "Where a stock item is available",
            access: InventoryAccess.read, module: .inventory,
            query: [.integer("warehouse_id", "Only this warehouse")], response: StockAvailability.schema,
            handler: availability),
    ]

    /// The page of items that the query asks for.
    @Sendable static func found(_ call: Call) async throws -> ObjectRoutes<StockItem>.Found {
        var query = call.query
        let search = query.text("search")
        let category = query.text("category")
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        return try await ObjectStore<StockItem>.list(
            search: search, category: category, isActiveOnly: isActiveOnly, page, call.context)
    }

    @Sendable private static func availability(_ call: Call) async throws -> Reply {
        var query = call.query
        let warehouseID: ID<Warehouse>? = query.id("warehouse_id")
        try query.finish()
        let availability = try await StockAvailability.read(of: call.id(), warehouseID: warehouseID, call.context)
        return try .json { try availability.write(to: &$0) }
    }
}
