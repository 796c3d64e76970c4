import Postgres

/// Stock items and warehouses by the names that lines of quotes call them by.
struct StockNames: Sendable {
    var items: [String: Int64] = [:]
    var warehouses: [String: Int64] = [:]

    /// One round trip, none when no line names any.
    static func find(_ lines: [QuoteLine], _ db: PostgresClient) async throws -> StockNames {
        let skus = Set(lines.compactMap { key($0["item_stock"]) })
        let codes = Set(lines.compactMap { key($0["item_warehouse"]) })
        guard !skus.isEmpty || !codes.isEmpty else { return StockNames() }
        let rows = try await db.query(
            Statement(
                """
                select true, sku, id from stock_items where sku = any ($1)
                union all select false, code, id from warehouses where code = any ($2)
                """, [.textArray(Array(skus)), .textArray(Array(codes))]))
        var names = StockNames()
        for row in rows {
            if try row.scalar(0) {
                names.items[try row.scalar(1)] = try row.scalar(2) as Int64
            } else {
                names.warehouses[try row.scalar(1)] = try row.scalar(2) as Int64
            }
        }
        return names
    }

    func problem(with line: QuoteLine) -> String? {
        let (sku, code) = (line["item_stock"], line["item_warehouse"])
        if !sku.isEmpty, item(sku) == nil { return "No stock item has the SKU \(Self.shown(sku))." }
        if !code.isEmpty, warehouse(code) == nil { return "No warehouse has the code \(Self.shown(code))." }
        return nil
    }

    func item(_ sku: String) -> Int64? { Self.key(sku).flatMap { items[$0] } }
    func warehouse(_ code: String) -> Int64? { Self.key(code).flatMap { warehouses[$0] } }

    /// The form in which names are stored; nil for what is longer than any of them.
    private static func key(_ text: String) -> String? {
        text.isEmpty || text.utf8.count > 400 ? nil : text.uppercased()
    }

    private static func shown(_ text: String) -> String { RawText(text).prefix(codePoints: 60).unchecked }

    /// Names by id, of the lines of a stored quote.
    static func names(_ quote: Quote, _ db: PostgresClient) async throws -> (
        skus: [Int64: String], codes: [Int64: String]
    ) {
        let (items, warehouses) = (quote.items.compactMap(\.stockItemID), quote.items.compactMap(\.warehouseID))
        guard !items.isEmpty || !warehouses.isEmpty else { return ([:], [:]) }
        let rows = try await db.query(
            Statement(
                """
                select true, id, sku from stock_items where id = any ($1)
                union all select false, id, code from warehouses where id = any ($2)
                """, [.ids(items), .ids(warehouses)]))
        var (skus, codes): ([Int64: String], [Int64: String]) = ([:], [:])
        for row in rows {
            let (id, name): (Int64, String) = (try row.scalar(1), try row.scalar(2))
            if try row.scalar(0) { skus[id] = name } else { codes[id] = name }
        }
        return (skus, codes)
    }
}
