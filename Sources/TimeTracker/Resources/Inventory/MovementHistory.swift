import Postgres

/// Movements of stock, newest first.
struct MovementHistory {
    /// Rows of an answer that isn't paged.
    private static let rowLimit: Int64 = 10_000

    struct Filter: Sendable {
        var from: RangeBound?
        var to: RangeBound?
        var itemID: Int64?
        var warehouseID: Int64?
        var type: String?
    }

    private let rows: Rows
    private let page: PageRequest?

    /// - Parameter page: nil = all, as far as they go.
    static func read(_ filter: Filter, _ page: PageRequest?, _ context: Context) async throws -> MovementHistory {
        var sql = SQL()
        var conditions = ["true"]
        let zone = context.settings.timezone
        if let from = filter.from {
            conditions.append("m.moved_at >= \(WallTime.expression(from, zone: zone, in: &sql))")
        }
        if let to = filter.to { conditions.append("m.moved_at <= \(WallTime.expression(to, zone: zone, in: &sql))") }
        if let itemID = filter.itemID { conditions.append("m.stock_item_id = \(sql.bind(.int(itemID)))") }
        if let warehouseID = filter.warehouseID { conditions.append("m.warehouse_id = \(sql.bind(.int(warehouseID)))") }
        if let type = filter.type { conditions.append("m.movement_type = \(sql.bind(.text(type)))") }
        let condition = conditions.joined(separator: " and ")
        let limit = sql.bind(.int(page.map { Int64($0.perPage) } ?? rowLimit))
        let offset = sql.bind(.int(page?.offset ?? 0))
        sql.add(
            """
            with page as (
                select m.* from stock_movements m where \(condition) order by m.moved_at desc, m.id desc
                limit \(limit) offset \(offset))
            select (select count(*) from stock_movements m where \(condition)), m.id, m.moved_at, i.id, i.sku, i.name, w.id, w.name,
                   m.quantity, m.movement_type, m.reference_type, m.reference_id, m.notes
            from (select 1) one left join page m on true left join stock_items i on i.id = m.stock_item_id
                 left join warehouses w on w.id = m.warehouse_id
            order by m.moved_at desc, m.id desc
            """)
        let rows = try await context.db.query(sql.statement)
        return MovementHistory(rows: rows, page: page)
    }

    /// A movement with the names of its item and warehouse.
    struct Movement {
        let id, movedAt, itemID: Int64
        let sku, itemName: String
        let warehouseID: Int64
        let warehouseName: String
        /// Signed hundredths.
        let quantity: Int64
        let type: String
        /// `type#id`.
        let reference: String?
        let notes: String?

        init(_ row: Row) {
            id = row.int(1)
            movedAt = row.timestamp(2)
            itemID = row.int(3)
            sku = row.string(4)
            itemName = row.string(5)
            warehouseID = row.int(6)
            warehouseName = row.string(7)
            quantity = row.hundredths(8)
            type = row.string(9)
            let parts = [row.stringOrNull(10), row.intOrNull(11).map { String($0) }].compactMap(\.self)
            reference = parts.isEmpty ? nil : parts.joined(separator: "#")
            notes = row.stringOrNull(12)
        }
    }

    /// Newest first.
    var movements: [Movement] { rows.filter { !$0.isNull(1) }.map { Movement($0) } }
    /// Nil when all were asked for.
    var pagination: Pagination? { page.map { Pagination($0, total: total) } }

    private var total: Int64 { rows.first?.int(0) ?? 0 }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("movements")
        json.beginArray()
        for row in rows where !row.isNull(1) { Self.write(Movement(row), &json) }
        json.endArray()
        json.key("total_movements")
        json.value(total)
        if let pagination {
            json.key("pagination")
            pagination.write(to: &json)
        }
        json.endObject()
    }

    private static func write(_ movement: Movement, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.value(movement.id)
        json.key("date")
        json.instant(movement.movedAt)
        json.key("item_id")
        json.value(movement.itemID)
        json.key("item_sku")
        json.value(movement.sku)
        json.key("item_name")
        json.value(movement.itemName)
        json.key("warehouse_id")
        json.value(movement.warehouseID)
        json.key("warehouse_name")
        json.value(movement.warehouseName)
        json.key("quantity")
        json.money(movement.quantity)
        json.key("type")
        json.value(movement.type)
        json.key("reference")
        json.value(movement.reference)
        json.key("notes")
        json.value(movement.notes)
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
