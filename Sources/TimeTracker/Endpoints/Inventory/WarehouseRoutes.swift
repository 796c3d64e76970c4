import HTTPTypes

/// `/api/v1/inventory/warehouses` (behaviour.md §9.3).
enum WarehouseResource: Resource {
    private static let saved = Schema.saved("warehouse", Warehouse.schema)

    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/warehouses", summary: "List warehouses",
            details: "By code. The member items repeats warehouses for older clients.", access: InventoryAccess.read,
            module: .inventory,
            query: [.boolean("active_only", "Only active warehouses (default true)"), .page, .perPage],
            response: .object(
                properties: [
                    ("warehouses", .array(of: Warehouse.schema)), ("items", .array(of: Warehouse.schema)),
                    ("pagination", Pagination.schema),
                ], required: ["warehouses", "items", "pagination"]), handler: list),
        Route(
            .post, path: "/api/v1/inventory/warehouses", summary: "Create a warehouse", access: InventoryAccess.write,
            module: .inventory, body: WarehouseInput.body, success: .created, response: saved
        ) { call in
            try await call.create(WarehouseOperations.self, "warehouse", "Warehouse created successfully")
        },
        Route(
            .get, path: "/api/v1/inventory/warehouses/{id}", summary: "Get a warehouse", access: InventoryAccess.read,
            module: .inventory, response: .single("warehouse", Warehouse.schema)
        ) { call in
            .single(key: "warehouse", try await WarehouseStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/inventory/warehouses/{id}", summary: "Update a warehouse",
            details: "Only the fields that are sent change.", access: InventoryAccess.write, module: .inventory,
            body: WarehouseInput.body, response: saved
        ) { call in
            try await call.update(WarehouseOperations.self, "warehouse", "Warehouse updated successfully")
        },
        Route(
            .delete, path: "/api/v1/inventory/warehouses/{id}", summary: "Deactivate a warehouse",
            details: "The warehouse and its stock stay.", access: InventoryAccess.write, module: .inventory,
            response: .message
        ) { call in
            try await call.remove(WarehouseOperations.self, "warehouse", "Warehouse deactivated successfully")
        },
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (warehouses, pagination) = try await found(call)
        return .json { json in
            json.beginObject()
            for key: JSONKey in ["warehouses", "items"] {
                json.key(key)
                json.beginArray()
                for warehouse in warehouses { warehouse.write(to: &json) }
                json.endArray()
            }
            json.key("pagination")
            pagination.write(to: &json)
            json.endObject()
        }
    }

    /// The page of warehouses that the query asks for.
    static func found(_ call: Call) async throws -> (warehouses: [Warehouse], pagination: Pagination) {
        var query = call.query
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        return try await WarehouseStore.list(isActiveOnly: isActiveOnly, page, call.context)
    }
}
