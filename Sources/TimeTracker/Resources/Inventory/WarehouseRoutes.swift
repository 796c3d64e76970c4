import HTTPTypes
import Postgres

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
            guard let row = try await call.db.query(select(call.pathID)).first else {
                throw APIError.notFound("Warehouse", call.pathID)
            }
            return .single(key: "warehouse", Warehouse(row))
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

    private static func select(_ id: Int64, lock: String = "") -> Statement {
        Statement("select \(Warehouse.columns) from warehouses w where w.id = $1\(lock)", [.int(id)])
    }

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let filter = query.boolean("active_only") ?? true ? "w.is_active" : "true"
        let page = query.page()
        try query.finish()
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from warehouses w where \(filter))",
                page: "select w.* from warehouses w where \(filter)", order: "w.code, w.id"
            ).statement(SQL(), page, columns: Warehouse.columns, alias: "w"))
        let (models, pagination) = PageQuery.read(rows, page) { Warehouse($0, offset: 1) }
        let warehouses = Array(models)
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
            var warehouse = Warehouse()
            changes.apply(to: &warehouse)
            let saved = try await save(warehouse, .created, call, in: tx)
            return .saved(.created, message: "Warehouse created successfully", key: "warehouse", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = WarehouseChanges(&input)
        try input.finish()
        return try await call.change { tx in
            var warehouse = try await lock(call, in: tx)
            changes.apply(to: &warehouse)
            let saved = try await save(warehouse, .updated, call, in: tx)
            return .saved(.ok, message: "Warehouse updated successfully", key: "warehouse", saved)
        }
    }

    @Sendable private static func deactivate(_ call: Call) async throws -> Reply {
        return try await call.change { tx in
            var warehouse = try await lock(call, in: tx)
            warehouse.isActive = false
            _ = try await save(warehouse, .deleted, call, in: tx)
            return .message("Warehouse deactivated successfully")
        }
    }

    private static func lock(_ call: Call, in tx: PostgresTransaction) async throws -> Warehouse {
        guard let row = try await tx.query(select(call.pathID, lock: " for update")).first else {
            throw APIError.notFound("Warehouse", call.pathID)
        }
        let warehouse = Warehouse(row)
        try call.requireMatch(warehouse, key: "warehouse")
        return warehouse
    }

    private static func save(
        _ warehouse: Warehouse, _ action: ChangeAction, _ call: Call, in tx: PostgresTransaction
    ) async throws -> Warehouse {
        let columns: [(String, PostgresValue, String)] = [
            ("name", .text(warehouse.name), "text"), ("code", .text(warehouse.code), "text"),
            ("address", .init(warehouse.address), "text"), ("contact_person", .init(warehouse.contactPerson), "text"),
            ("contact_email", .init(warehouse.contactEmail), "text"),
            ("contact_phone", .init(warehouse.contactPhone), "text"), ("is_active", .bool(warehouse.isActive), "bool"),
            ("notes", .init(warehouse.notes), "text"),
        ]
        let statement = RowWriter(table: "warehouses", columns: columns, id: warehouse.id).statement(
            returning: "id, created_at, updated_at, created_by", call.context)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Warehouse", warehouse.id) }
        var saved = warehouse
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        saved.createdBy = row.int(3)
        try await call.context.record([action], saved, in: tx)
        return saved
    }
}
