import Postgres

/// How often the stock of items turned over in a span of time.
struct TurnoverReport {
    let span: ReportSpan
    let lines: [Line]

    /// - Parameters:
    ///   - start: nil = 365 days ago.
    ///   - end: nil = the end of today.
    ///   - itemID: nil = all.
    /// - Throws: ``APIError`` 400 for an end before the start.
    static func read(from start: RangeBound?, to end: RangeBound?, itemID: Int64?, _ context: Context) async throws
        -> TurnoverReport
    {
        let rows = try await context.db.query(statement(start, end, itemID, zone: context.settings.timezone))
        guard let first = rows.first else { throw APIError.internalError }
        let span = try ReportSpan(first)
        guard RangeBound.isSpanOfDays(start, end) || span.first <= span.last else {
            throw APIError.validation("end_date", "end_date must not be before start_date")
        }
        return TurnoverReport(span: span, lines: try ModelRows(joined: rows, from: ReportSpan.columnCount).all())
    }

    /// An item that was sold or used.
    struct Line: RowProjection {
        var itemID: ID<StockItem> = .none
        var sku = ""
        var name = ""
        var sold = NumericText("0")
        var averageStock = NumericText("0")
        var rate = NumericText("0")
        var daysOnHand = NumericText("0")

        static let table = "stock_items"
        static let alias = "i"
        static let selected = selectList()

        /// Over `bounds b`, `levels l` and `stock_items i`.
        static func map(_ row: inout some ColumnVisitor, _ line: inout Line) {
            row.column("id", &line.itemID)
            row.column("sku", &line.sku)
            row.column("name", &line.name)
            row.computed("round(l.quantity, 2)", &line.sold)
            row.computed("round(l.average, 2)", &line.averageStock)
            row.computed(
                "case when l.average > 0 then round(l.quantity / l.average, 4) else 0 end", &line.rate)
            row.computed(
                """
                case when l.average > 0 and l.quantity > 0 then
                    round(floor(extract(epoch from b.last - b.first) / 86400) / (l.quantity / l.average), 2) else 0 end
                """, &line.daysOnHand)
        }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("start_date")
        json.instant(span.first.microseconds)
        json.key("end_date")
        json.instant(span.last.microseconds)
        json.key("items")
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.key("item_id")
            json.value(line.itemID.number)
            json.key("sku")
            json.value(line.sku)
            json.key("name")
            json.value(line.name)
            json.key("quantity_sold")
            json.raw(line.sold.text)
            json.key("avg_stock")
            json.raw(line.averageStock.text)
            json.key("turnover_rate")
            json.raw(line.rate.text)
            json.key("days_on_hand")
            json.raw(line.daysOnHand.text)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    /// Stock at an instant = the sum of all movements up to it; devaluations move nothing.
    private static func statement(
        _ start: RangeBound?, _ end: RangeBound?, _ itemID: Int64?, zone: String
    ) -> Statement {
        var sql = SQL("with bounds as materialized (select ")
        let zoneValue = sql.bind(.text(zone))
        let endOfToday = """
            (select \(LocalDay.start(of: "(day + 1)", zone: zoneValue)) - interval '1 microsecond'
             from (select \(LocalDay.today(zone: zoneValue)) as day) today)
            """
        let end = end.map { WallTime.expression($0, zone: zone, in: &sql) } ?? endOfToday
        let start = start.map { WallTime.expression($0, zone: zone, in: &sql) } ?? "now() - interval '365 days'"
        sql.add("\(start) as first, \(end) as last), sold as (")
        sql.add(
            """
            select m.stock_item_id as id, sum(abs(m.quantity)) as quantity from stock_movements m, bounds b
            where m.movement_type in ('sale', 'usage', 'consumption') and m.moved_at >= b.first and m.moved_at <= b.last
            """)
        if let itemID { sql.add(" and m.stock_item_id = ", .int(itemID)) }
        sql.add(
            """
             group by m.stock_item_id),
            levels as (
                select s.id, s.quantity,
                    (coalesce(sum(m.quantity) filter (where m.moved_at < b.first), 0)
                        + coalesce(sum(m.quantity) filter (where m.moved_at <= b.last), 0)) / 2 as average
                from sold s cross join bounds b
                join stock_movements m on m.stock_item_id = s.id and m.movement_type <> 'devaluation'
                group by s.id, s.quantity)
            select \(ReportSpan.selected), \(Line.selected)
            from bounds b left join levels l on true left join stock_items i on i.id = l.id
            order by i.name, i.id
            """)
        return sql.statement
    }

    static let schema = Schema.object(
        name: "StockTurnover",
        properties: [
            ("start_date", .string(format: "date-time")), ("end_date", .string(format: "date-time")),
            (
                "items",
                .array(
                    of: .object(
                        properties: [
                            ("item_id", .integer()), ("sku", .string()), ("name", .string()),
                            ("quantity_sold", .number()),
                            ("avg_stock", .number(description: "Mean of the stock at start and end")),
                            ("turnover_rate", .number(description: "quantity_sold ÷ avg_stock")),
                            ("days_on_hand", .number(description: "Days of the span ÷ turnover_rate")),
                        ]))
            ),
        ], required: ["start_date", "end_date", "items"])
}
