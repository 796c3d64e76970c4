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

    /// Newest first.
    let movements: ModelRows<Movement>
    private let total: Int64
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
            select (select count(*) from stock_movements m where \(condition)), \(Movement.selected)
            from (select 1) one left join page m on true left join stock_items i on i.id = m.stock_item_id
                 left join warehouses w on w.id = m.warehouse_id
            order by m.moved_at desc, m.id desc
            """)
        let rows = try await context.db.query(sql.statement)
        return MovementHistory(
            movements: ModelRows(joined: rows, from: 1), total: rows.first?.int(0) ?? 0, page: page)
    }

    /// A movement with the names of its item and warehouse.
    struct Movement: RowProjection {
        var id: ID<StockMovement> = .none
        var movedAt = Instant.none
        var itemID: ID<StockItem> = .none
        var sku = ""
        var itemName = ""
        var warehouseID: ID<Warehouse> = .none
        var warehouseName = ""
        /// Signed.
        var quantity = Quantity.zero
        var type = ""
        private var referenceType: String?
        private var referenceID: Int64?
        var notes: String?

        /// `type#id`.
        var reference: String? {
            let parts = [referenceType, referenceID.map { String($0) }].compactMap(\.self)
            return parts.isEmpty ? nil : parts.joined(separator: "#")
        }

        static let table = "stock_movements"
        static let alias = "m"
        static let selected = selectList()

        /// Over `stock_movements m`, `stock_items i` and `warehouses w`.
        static func map(_ row: inout some ColumnVisitor, _ movement: inout Movement) {
            row.column("id", &movement.id)
            row.column("moved_at", &movement.movedAt)
            row.computed("i.id", &movement.itemID)
            row.computed("i.sku", &movement.sku)
            row.computed("i.name", &movement.itemName)
            row.computed("w.id", &movement.warehouseID)
            row.computed("w.name", &movement.warehouseName)
            row.column("quantity", &movement.quantity)
            row.column("movement_type", &movement.type)
            row.column("reference_type", &movement.referenceType)
            row.column("reference_id", &movement.referenceID)
            row.column("notes", &movement.notes)
        }
    }

    /// Nil when all were asked for.
    var pagination: Pagination? { page.map { Pagination($0, total: total) } }

    /// - Throws: ``RowDecodingError``.
    func write(to json: inout JSONWriter) throws {
        json.beginObject()
        json.key("movements")
        json.beginArray()
        for index in movements.indices { Self.write(try movements[index], &json) }
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
        json.value(movement.id.number)
        json.key("date")
        json.instant(movement.movedAt.microseconds)
        json.key("item_id")
        json.value(movement.itemID.number)
        json.key("item_sku")
        json.value(movement.sku)
        json.key("item_name")
        json.value(movement.itemName)
        json.key("warehouse_id")
        json.value(movement.warehouseID.number)
        json.key("warehouse_name")
        json.value(movement.warehouseName)
        json.key("quantity")
        json.money(movement.quantity.hundredths)
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
