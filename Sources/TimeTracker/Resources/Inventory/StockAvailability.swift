import Postgres

/// Where how much of a stock item is to be had.
struct StockAvailability: Sendable {
    let item: StockItem
    private let rows: Rows

    /// What a warehouse has of the item, in hundredths.
    struct Place {
        let warehouseID: Int64
        let code, name: String
        let onHand, reserved: Int64
        let location: String?
        var available: Int64 { onHand - reserved }

        init(_ row: Row) {
            warehouseID = row.int(0)
            code = row.string(1)
            name = row.string(2)
            onHand = row.hundredths(3)
            reserved = row.hundredths(4)
            location = row.stringOrNull(5)
        }
    }

    var places: [Place] { rows.map { Place($0) } }

    /// - Parameter warehouseID: nil = all.
    /// - Throws: ``APIError`` 404.
    static func read(of id: Int64, warehouseID: Int64?, _ context: Context) async throws -> StockAvailability {
        let item = try await StockItemStore.find(id, context)
        let rows = try await context.db.query(
            Statement(
                """
                select w.id, w.code, w.name, s.quantity_on_hand, s.quantity_reserved, s.location
                from warehouse_stock s join warehouses w on w.id = s.warehouse_id
                where s.stock_item_id = $1 and ($2::bigint is null or w.id = $2) order by w.code, w.id
                """, [.int(item.id), .init(warehouseID)]))
        return StockAvailability(item: item, rows: rows)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("item_id")
        json.value(item.id)
        json.key("item_sku")
        json.value(item.sku)
        json.key("item_name")
        json.value(item.name)
        json.key("availability")
        json.beginArray()
        for place in places {
            json.beginObject()
            json.key("warehouse_id")
            json.value(place.warehouseID)
            json.key("warehouse_code")
            json.value(place.code)
            json.key("warehouse_name")
            json.value(place.name)
            json.key("quantity_on_hand")
            json.money(place.onHand)
            json.key("quantity_reserved")
            json.money(place.reserved)
            json.key("quantity_available")
            json.money(place.available)
            json.key("location")
            json.value(place.location)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

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
}
