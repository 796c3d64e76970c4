import HTTPTypes
import Postgres

/// `GET /api/v1/inventory/reports/movement-history`.
enum MovementHistory {
    /// Rows of an answer that isn't paged.
    private static let rowLimit: Int64 = 10_000

    @Sendable static func reply(_ call: Call) async throws -> Reply {
        var query = call.query
        let from = query.rangeStart("date_from")
        let to = query.rangeEnd("date_to")
        let itemID = query.integer("stock_item_id")
        let warehouseID = query.integer("warehouse_id")
        let type = query.text("movement_type")
        let isPaged = query.text("page") != nil || query.text("per_page") != nil
        let page = query.page()
        try query.finish()
        var sql = SQL()
        var conditions = ["true"]
        let zone = call.settings.timezone
        if let from { conditions.append("m.moved_at >= \(WallTime.expression(from, zone: zone, in: &sql))") }
        if let to { conditions.append("m.moved_at <= \(WallTime.expression(to, zone: zone, in: &sql))") }
        if let itemID { conditions.append("m.stock_item_id = \(sql.bind(.int(itemID)))") }
        if let warehouseID { conditions.append("m.warehouse_id = \(sql.bind(.int(warehouseID)))") }
        if let type { conditions.append("m.movement_type = \(sql.bind(.text(type)))") }
        let filter = conditions.joined(separator: " and ")
        let limit = sql.bind(.int(isPaged ? Int64(page.perPage) : rowLimit))
        let offset = sql.bind(.int(isPaged ? page.offset : 0))
        sql.add(
            """
            with page as (
                select m.* from stock_movements m where \(filter) order by m.moved_at desc, m.id desc
                limit \(limit) offset \(offset))
            select (select count(*) from stock_movements m where \(filter)), m.id, m.moved_at, i.id, i.sku, i.name, w.id, w.name,
                   m.quantity, m.movement_type, m.reference_type, m.reference_id, m.notes
            from (select 1) one left join page m on true left join stock_items i on i.id = m.stock_item_id
                 left join warehouses w on w.id = m.warehouse_id
            order by m.moved_at desc, m.id desc
            """)
        let rows = try await call.db.query(sql.statement)
        let total = rows.first?.int(0) ?? 0
        return .json(capacity: 16 * 1024) { json in
            json.beginObject()
            json.key("movements")
            json.beginArray()
            for row in rows where !row.isNull(1) { write(row, &json) }
            json.endArray()
            json.key("total_movements")
            json.value(total)
            if isPaged {
                json.key("pagination")
                Pagination(page, total: total).write(to: &json)
            }
            json.endObject()
        }
    }

    private static func write(_ row: Row, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.value(row.int(1))
        json.key("date")
        json.instant(row.timestamp(2))
        json.key("item_id")
        json.value(row.int(3))
        json.key("item_sku")
        json.value(row.string(4))
        json.key("item_name")
        json.value(row.string(5))
        json.key("warehouse_id")
        json.value(row.int(6))
        json.key("warehouse_name")
        json.value(row.string(7))
        json.key("quantity")
        json.money(row.hundredths(8))
        json.key("type")
        json.value(row.string(9))
        json.key("reference")
        let parts = [row.stringOrNull(10), row.intOrNull(11).map { String($0) }].compactMap(\.self)
        json.value(parts.isEmpty ? nil : parts.joined(separator: "#"))
        json.key("notes")
        json.value(row.stringOrNull(12))
        json.endObject()
    }

    static let schema = Schema.object(
        name: "MovementHistory",
        properties: [
            (
                "movements",
                .array(
                    of: .object(
                        properties: [
                            ("id", .integer()), ("date", .string(format: "date-time")), ("item_id", .integer()),
                            ("item_sku", .string()), ("item_name", .string()), ("warehouse_id", .integer()),
                            ("warehouse_name", .string()), ("quantity", .number()), ("type", .string()),
                            ("reference", .string(description: "type#id", nullable: true)),
                            ("notes", .string(nullable: true)),
                        ]))
            ), ("total_movements", .integer()), ("pagination", Pagination.schema),
        ], required: ["movements", "total_movements"])
}
