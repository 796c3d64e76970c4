import HTTPTypes

/// `/api/v1/inventory/items` (behaviour.md §9.2).
enum StockItemResource: Resource {
    private static let saved = Schema.saved("item", StockItem.schema)

    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/items", summary: "List stock items", details: "By name.",
            access: InventoryAccess.read, module: .inventory,
            query: [
                .text("search", "Part of SKU, name or barcode"), .text("category", "Items of this category"),
                .boolean("active_only", "Only active items (default true)"), .page, .perPage,
            ], response: .list("items", of: StockItem.schema), handler: list),
        Route(
            .post, path: "/api/v1/inventory/items", summary: "Create a stock item", access: InventoryAccess.write,
            module: .inventory, body: StockItemInput.body, success: .created, response: saved
        ) { call in
            try await call.create(StockItemOperations.self, "item", "Stock item created successfully")
        },
        Route(
            .get, path: "/api/v1/inventory/items/{id}", summary: "Get a stock item", access: InventoryAccess.read,
            module: .inventory, response: .single("item", StockItem.schema)
        ) { call in
            .single(key: "item", try await StockItemStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/inventory/items/{id}", summary: "Update a stock item",
            details: "Only the fields that are sent change.", access: InventoryAccess.write, module: .inventory,
            body: StockItemInput.body, response: saved
        ) { call in
            try await call.update(StockItemOperations.self, "item", "Stock item updated successfully")
        },
        Route(
            .delete, path: "/api/v1/inventory/items/{id}", summary: "Deactivate a stock item",
            details: "The item and its movements stay.", access: InventoryAccess.write, module: .inventory,
            response: .message
        ) { call in
            try await call.remove(StockItemOperations.self, "item", "Stock item deactivated successfully")
        },
        Route(
            .get, path: "/api/v1/inventory/items/{id}/availability", summary: "Where a stock item is available",
            access: InventoryAccess.read, module: .inventory,
            query: [.integer("warehouse_id", "Only this warehouse")], response: StockAvailability.schema,
            handler: availability),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (items, pagination) = try await found(call)
        return .list(key: "items", items, pagination)
    }

    /// The page of items that the query asks for.
    static func found(_ call: Call) async throws -> (some Sequence<StockItem>, Pagination) {
        var query = call.query
        let search = query.text("search")
        let category = query.text("category")
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        return try await StockItemStore.list(
            search: search, category: category, isActiveOnly: isActiveOnly, page, call.context)
    }

    @Sendable private static func availability(_ call: Call) async throws -> Reply {
        var query = call.query
        let warehouseID = query.integer("warehouse_id")
        try query.finish()
        let availability = try await StockAvailability.read(of: call.pathID, warehouseID: warehouseID, call.context)
        return .json { availability.write(to: &$0) }
    }
}
