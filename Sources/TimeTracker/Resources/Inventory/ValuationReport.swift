import Postgres

/// What the stock is worth.
struct ValuationReport {
    struct Line: RowProjection {
        var itemID: ID<StockItem> = .none
        var sku = ""
        var name = ""
        var category: String?
        var warehouseID: ID<Warehouse> = .none
        var warehouseName = ""
        var warehouseCode = ""
        var quantity = Quantity.zero
        var value = Money.zero
        var currency = ""

        /// Of one; nothing where that is beyond what can be stored.
        var cost: Money {
            Money(Money.scaled(value.hundredths, by: 100, over: quantity.hundredths) ?? 0)
        }

        static let table = "warehouse_stock"
        static let alias = "s"
        static let selected = selectList()

        /// Over `warehouse_stock s`, `stock_items i`, `warehouses w`, and `l`, what the lots of the stock hold and are worth.
        static func map(_ row: inout some ColumnVisitor, _ line: inout Line) {
            row.computed("i.id", &line.itemID)
            row.computed("i.sku", &line.sku)
            row.computed("i.name", &line.name)
            row.computed("i.category", &line.category)
            row.computed("w.id", &line.warehouseID)
            row.computed("w.name", &line.warehouseName)
            row.computed("w.code", &line.warehouseCode)
            row.column("quantity_on_hand", &line.quantity)
            row.computed(
                """
                round(case when coalesce(l.quantity, 0) > s.quantity_on_hand
                           then l.value * s.quantity_on_hand / l.quantity
                           else coalesce(l.value, 0)
                               + (s.quantity_on_hand - coalesce(l.quantity, 0)) * coalesce(i.default_cost, 0) end, 2)
                """, &line.value)
            row.computed("i.currency_code", &line.currency)
        }
    }

    let lines: [Line]
    /// What the sums are shown in.
    let currency: String
    private let warehouseID: Int64?
    private let category: String?

    /// - Parameters:
    ///   - warehouseID: nil = all.
    ///   - category: nil = all.
    ///   - currency: of the items; nil = any.
    static func read(warehouseID: Int64?, category: String?, currency: String?, _ context: Context) async throws
        -> ValuationReport
    {
        let rows = try await context.db.query(
            Statement(
                """
                select \(Line.selected) from warehouse_stock s
                join stock_items i on i.id = s.stock_item_id join warehouses w on w.id = s.warehouse_id
                left join lateral (
                    select sum(quantity_on_hand) as quantity, sum(quantity_on_hand * unit_cost) as value from stock_lots
                    where stock_item_id = s.stock_item_id and warehouse_id = s.warehouse_id) l on true
                where i.is_active and i.is_trackable and s.quantity_on_hand > 0
                  and ($1::bigint is null or w.id = $1) and ($2::text is null or i.category = $2)
                  and ($3::text is null or i.currency_code = upper($3))
                order by w.code, i.name, i.id
                """, [.init(warehouseID), .init(category), .init(currency)]))
        return ValuationReport(
            lines: try ModelRows(rows).all(), currency: currency?.uppercased() ?? context.settings.currency,
            warehouseID: warehouseID, category: category)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("total_value")
        json.money(Self.sum(lines).hundredths)
        Self.writeWarehouses(lines, currency, &json)
        Self.writeCategories(lines, currency, &json)
        Self.writeItems(lines, &json)
        json.key("currency")
        json.value(currency)
        json.key("mixed_currencies")
        json.value(hasSeveralCurrencies)
        json.key("warehouse_id")
        if let warehouseID { json.value(warehouseID) } else { json.null() }
        json.key("category")
        json.value(category)
        json.endObject()
    }

    var hasSeveralCurrencies: Bool { Set(lines.map(\.currency)).count > 1 }

    /// Sums by warehouse, in the order of their codes, and by category, in that of their names.
    var sums: (warehouses: [(name: String, value: Money)], categories: [(name: String, value: Money)]) {
        let warehouses = Dictionary(grouping: lines, by: \.warehouseID).values
            .sorted { $0[0].warehouseCode < $1[0].warehouseCode }
            .map { ("\($0[0].warehouseName) (\($0[0].warehouseCode))", Self.sum($0)) }
        let categories = Dictionary(grouping: lines) { $0.category ?? "Uncategorized" }
            .sorted { $0.key < $1.key }.map { ($0.key, Self.sum($0.value)) }
        return (warehouses, categories)
    }

    static func sum(_ lines: [Line]) -> Money { lines.reduce(.zero) { $0 + $1.value } }

    private static func writeWarehouses(_ lines: [Line], _ currency: String, _ json: inout JSONWriter) {
        json.key("by_warehouse")
        json.beginObject()
        let groups = Dictionary(grouping: lines, by: \.warehouseID)
        for group in groups.values.sorted(by: { $0[0].warehouseCode < $1[0].warehouseCode }) {
            json.key(JSONKey(escaping: "\(group[0].warehouseName) (\(group[0].warehouseCode))"))
            json.beginObject()
            json.key("warehouse_id")
            json.value(group[0].warehouseID.number)
            json.key("warehouse_name")
            json.value(group[0].warehouseName)
            json.key("warehouse_code")
            json.value(group[0].warehouseCode)
            json.key("value")
            json.money(sum(group).hundredths)
            json.key("currency")
            json.value(currency)
            json.endObject()
        }
        json.endObject()
    }

    private static func writeCategories(_ lines: [Line], _ currency: String, _ json: inout JSONWriter) {
        json.key("by_category")
        json.beginObject()
        let groups = Dictionary(grouping: lines) { $0.category ?? "Uncategorized" }
        for (category, group) in groups.sorted(by: { $0.key < $1.key }) {
            json.key(JSONKey(escaping: category))
            json.beginObject()
            json.key("category")
            json.value(category)
            json.key("value")
            json.money(sum(group).hundredths)
            json.key("currency")
            json.value(currency)
            json.endObject()
        }
        json.endObject()
    }

    private static func writeItems(_ lines: [Line], _ json: inout JSONWriter) {
        json.key("item_details")
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.key("item_id")
            json.value(line.itemID.number)
            json.key("sku")
            json.value(line.sku)
            json.key("name")
            json.value(line.name)
            json.key("category")
            json.value(line.category)
            json.key("warehouse_id")
            json.value(line.warehouseID.number)
            json.key("warehouse_name")
            json.value(line.warehouseName)
            json.key("quantity")
            json.money(line.quantity.hundredths)
            json.key("cost")
            json.money(line.cost.hundredths)
            json.key("value")
            json.money(line.value.hundredths)
            json.key("currency")
            json.value(line.currency)
            json.endObject()
        }
        json.endArray()
    }

    static let schema = Schema.object(
        name: "StockValuation",
        properties: [
            ("total_value", .number()), ("by_warehouse", .object(description: "name (code) to value")),
            ("by_category", .object(description: "Category to value")),
            (
                "item_details",
                .array(
                    of: .object(
                        properties: [
                            ("item_id", .integer()), ("sku", .string()), ("name", .string()),
                            ("category", .string(nullable: true)), ("warehouse_id", .integer()),
                            ("warehouse_name", .string()), ("quantity", .number()),
                            ("cost", .number(description: "value ÷ quantity")), ("value", .number()),
                            ("currency", .string()),
                        ]))
            ), ("currency", .string()), ("mixed_currencies", .boolean()),
            ("warehouse_id", .integer(nullable: true)), ("category", .string(nullable: true)),
        ],
        required: [
            "total_value", "by_warehouse", "by_category", "item_details", "currency", "mixed_currencies",
            "warehouse_id", "category",
        ])
}
