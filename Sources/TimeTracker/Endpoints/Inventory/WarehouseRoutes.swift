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
            module: .inventory, body: WarehouseInput.body, success: .created, response: saved, handler: create),
        Route(
            .get, path: "/api/v1/inventory/warehouses/{id}", summary: "Get a warehouse", access: InventoryAccess.read,
            module: .inventory, response: .single("warehouse", Warehouse.schema)
        ) { call in
            .single(key: "warehouse", try await WarehouseStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/inventory/warehouses/{id}", summary: "Update a warehouse",
            details: "Only the fields that are sent change.", access: InventoryAccess.write, module: .inventory,
            body: WarehouseInput.body, response: saved, handler: update),
        Route(
            .delete, path: "/api/v1/inventory/warehouses/{id}", summary: "Deactivate a warehouse",
            details: "The warehouse and its stock stay.", access: InventoryAccess.write, module: .inventory,
            response: .message, handler: deactivate),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        let (warehouses, pagination) = try await WarehouseStore.list(isActiveOnly: isActiveOnly, page, call.context)
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

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = WarehouseChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await WarehouseOperations.create(changes, call.context, in: tx)
            return .saved(.created, message: "Warehouse created successfully", key: "warehouse", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = WarehouseChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await WarehouseOperations.update(
                call.pathID, changes, call.context, if: call.matching("warehouse"), in: tx)
            return .saved(.ok, message: "Warehouse updated successfully", key: "warehouse", saved)
        }
    }

    @Sendable private static func deactivate(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await WarehouseOperations.deactivate(
                call.pathID, call.context, if: call.matching("warehouse"), in: tx)
            return .message("Warehouse deactivated successfully")
        }
    }
}
