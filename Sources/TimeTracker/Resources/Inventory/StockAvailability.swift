import Postgres

/// Where how much of a stock item is to be had.
struct StockAvailability: Sendable {
    private let item: StockItem
    private let rows: Rows

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
