import HTTPTypes
import Postgres

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
            module: .inventory, body: StockItemInput.body, success: .created, response: saved, handler: create),
        Route(
            .get, path: "/api/v1/inventory/items/{id}", summary: "Get a stock item", access: InventoryAccess.read,
            module: .inventory, response: .single("item", StockItem.schema)
        ) { call in
            .single(key: "item", try await StockItemStore.find(call))
        },
        Route(
            .put, .patch, path: "/api/v1/inventory/items/{id}", summary: "Update a stock item",
            details: "Only the fields that are sent change.", access: InventoryAccess.write, module: .inventory,
            body: StockItemInput.body, response: saved, handler: update),
        Route(
            .delete, path: "/api/v1/inventory/items/{id}", summary: "Deactivate a stock item",
            details: "The item and its movements stay.", access: InventoryAccess.write, module: .inventory,
            response: .message, handler: deactivate),
        Route(
            .get, path: "/api/v1/inventory/items/{id}/availability", summary: "Where a stock item is available",
            access: InventoryAccess.read, module: .inventory,
            query: [.integer("warehouse_id", "Only this warehouse")], response: StockAvailability.schema,
            handler: StockAvailability.reply),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let search = query.text("search")
        let category = query.text("category")
        let isActiveOnly = query.boolean("active_only") ?? true
        let page = query.page()
        try query.finish()
        var sql = SQL()
        var conditions = [isActiveOnly ? "i.is_active" : "true"]
        if let search {
            let pattern = sql.bind(.text("%\(LikePattern.escape(search))%"))
            conditions.append("(i.sku ilike \(pattern) or i.name ilike \(pattern) or i.barcode ilike \(pattern))")
        }
        if let category { conditions.append("i.category = \(sql.bind(.text(category)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from stock_items i where \(filter))",
                page: "select i.* from stock_items i where \(filter)", order: "i.name, i.id"
            ).statement(sql, page, columns: StockItem.columns, alias: "i", joins: StockItem.totals))
        let (items, pagination) = PageQuery.read(rows, page) { StockItem($0, offset: 1) }
        return .list(key: "items", items, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = StockItemChanges(&input)
        try input.finish()
        return try await call.change { tx in
            var item = StockItem()
            changes.apply(to: &item)
            let saved = try await StockItemStore.save(item, .created, call, in: tx)
            return .saved(.created, message: "Stock item created successfully", key: "item", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = StockItemChanges(&input)
        try input.finish()
        return try await call.change { tx in
            var item = try await StockItemStore.lock(call.pathID, in: tx)
            try call.requireMatch(item, key: "item")
            changes.apply(to: &item)
            let saved = try await StockItemStore.save(item, .updated, call, in: tx)
            return .saved(.ok, message: "Stock item updated successfully", key: "item", saved)
        }
    }

    @Sendable private static func deactivate(_ call: Call) async throws -> Reply {
        return try await call.change { tx in
            var item = try await StockItemStore.lock(call.pathID, in: tx)
            try call.requireMatch(item, key: "item")
            item.isActive = false
            _ = try await StockItemStore.save(item, .deleted, call, in: tx)
            return .message("Stock item deactivated successfully")
        }
    }
}

/// `GET /api/v1/inventory/items/{id}/availability`.
enum StockAvailability {
    static let schema = Schema.object(
        name: "StockAvailability",
        properties: [
            ("item_id", .integer()), ("item_sku", .string()), ("item_name", .string()),
            (
                "availability",
                .array(
                    of: .object(
                        properties: [
                            ("warehouse_id", .integer()), ("warehouse_code", .string()), ("warehouse_name", .string()),
                            ("quantity_on_hand", .number()), ("quantity_reserved", .number()),
                            ("quantity_available", .number()), ("location", .string(nullable: true)),
                        ]))
            ),
        ], required: ["item_id", "item_sku", "item_name", "availability"])

    @Sendable static func reply(_ call: Call) async throws -> Reply {
        var query = call.query
        let warehouseID = query.integer("warehouse_id")
        try query.finish()
        let item = try await StockItemStore.find(call)
        let rows = try await call.db.query(
            Statement(
                """
                select w.id, w.code, w.name, s.quantity_on_hand, s.quantity_reserved, s.location
                from warehouse_stock s join warehouses w on w.id = s.warehouse_id
                where s.stock_item_id = $1 and ($2::bigint is null or w.id = $2) order by w.code, w.id
                """, [.int(item.id), .init(warehouseID)]))
        return .json { json in
            json.beginObject()
            json.key("item_id")
            json.value(item.id)
            json.key("item_sku")
            json.value(item.sku)
            json.key("item_name")
            json.value(item.name)
            json.key("availability")
            json.beginArray()
            for row in rows {
                json.beginObject()
                json.key("warehouse_id")
                json.value(row.int(0))
                json.key("warehouse_code")
                json.value(row.string(1))
                json.key("warehouse_name")
                json.value(row.string(2))
                json.key("quantity_on_hand")
                json.money(row.hundredths(3))
                json.key("quantity_reserved")
                json.money(row.hundredths(4))
                json.key("quantity_available")
                json.money(row.hundredths(3) - row.hundredths(4))
                json.key("location")
                json.value(row.stringOrNull(5))
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}
