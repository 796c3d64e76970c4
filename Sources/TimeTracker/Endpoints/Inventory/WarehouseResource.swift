import HTTPTypes

/// `/api/v1/inventory/warehouses` (behaviour.md §9.3).
enum WarehouseResource: Resource {
    static let objects = ObjectRoutes<Warehouse>(
        path: "/api/v1/inventory/warehouses", key: "warehouse", module: .inventory, read: InventoryAccess.read,
        write: InventoryAccess.write, body: WarehouseInput.body)

    static let routes = [
        Route(
            .get, path: objects.path, summary: "List warehouses",
            details: "By code. The member items repeats warehouses for older clients.", access: InventoryAccess.read,
            module: .inventory,
            query: [.boolean("active_only", "Only active warehouses (default true)"), .page, .perPage],
            response: .object(
                properties: [
                    ("warehouses", .array(of: Warehouse.schema)), ("items", .array(of: Warehouse.schema)),
                    ("pagination", Pagination.schema),
                ], required: ["warehouses", "items", "pagination"]), handler: list),
        objects.create, objects.get, objects.update,
        objects.remove(details: "The warehouse and its stock stay."),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (found, pagination) = try await found(call)
        let warehouses = try found.all()
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
    @Sendable static func found(_ call: Call) async throws -> ObjectRoutes<Warehouse>.Found {
        var query = call.query
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        return try await ObjectStore<Warehouse>.list(isActiveOnly: isActiveOnly, page, call.context)
    }
}
