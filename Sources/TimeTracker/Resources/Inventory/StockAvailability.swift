import Postgres

/// Where how much of a stock item is to be had.
struct StockAvailability: Sendable {
    let item: StockItem
    /// One after the other, by warehouse code.
    let places: ModelRows<InWarehouse>

    /// - Parameter warehouseID: nil = all.
    /// - Throws: ``APIError`` 404.
    static func read(of id: ID<StockItem>, warehouseID: ID<Warehouse>?, _ context: Context) async throws
        -> StockAvailability
    {
        let item = try await ObjectStore.find(id, context)
        let rows = try await context.db.query(
            Statement(
                """
                select \(InWarehouse.selected)
                from warehouse_stock s join warehouses w on w.id = s.warehouse_id
                where s.stock_item_id = $1 and ($2::bigint is null or w.id = $2) order by w.code, w.id
                """, [item.id.parameter, warehouseID.parameter]))
        return StockAvailability(item: item, places: ModelRows(rows))
    }

    /// - Throws: ``RowDecodingError``.
    func write(to json: inout JSONWriter) throws {
        json.beginObject()
        json.key("item_id")
        json.value(item.id.number)
        json.key("item_sku")
        json.value(item.sku)
        json.key("item_name")
        json.value(item.name)
        json.key("availability")
        json.beginArray()
        for index in places.indices {
            let place = try places[index]
            json.beginObject()
            json.key("warehouse_id")
            json.value(place.warehouseID.number)
            json.key("warehouse_code")
            json.value(place.code)
            json.key("warehouse_name")
            json.value(place.name)
            json.key("quantity_on_hand")
            json.money(place.onHand.hundredths)
            json.key("quantity_reserved")
            json.money(place.reserved.hundredths)
            json.key("quantity_available")
            json.money(place.available.hundredths)
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

extension StockAvailability {
    /// What one warehouse has of the item.
    struct InWarehouse: RowProjection {
        var warehouseID: ID<Warehouse> = .none
        var code = ""
        var name = ""
        var onHand = Quantity.zero
        var reserved = Quantity.zero
        var location: String?

        var available: Quantity { onHand - reserved }

        static let table = WarehouseStock.table
        static let alias = WarehouseStock.alias
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ place: inout InWarehouse) {
            row.computed("w.id", &place.warehouseID)
            row.computed("w.code", &place.code)
            row.computed("w.name", &place.name)
            row.column("quantity_on_hand", &place.onHand)
            row.column("quantity_reserved", &place.reserved)
            row.column("location", &place.location)
        }
    }
}
