import HTTPTypes

/// `/api/v1/inventory/warehouses` (behaviour.md §9.3).
enum WarehouseResource: Resource {
    private static let objects = ObjectRoutes<Warehouse>(
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
        let (rows, pagination) = try await ObjectStore<Warehouse>.list(isActiveOnly: isActiveOnly, page, call.context)
        return (try rows.all(), pagination)
    }
}
