import Postgres

/// Reads and writes quotes.
enum QuoteStore {
    /// SQL condition: whether the caller may see and change quotes of others (behaviour.md §2.6).
    static func seesAll(_ principal: Principal, in sql: inout SQL) -> String {
        if principal.isAdmin { return "true" }
        return Roles.holds("edit_quotes", userID: sql.bind(.int(principal.userID)))
    }

    /// - Throws: ``APIError`` 404 for an unknown id and for other people's quotes.
    static func find(_ id: Int64, _ context: Context) async throws -> Quote {
        let rows = try await context.db.query(select(id, context, lock: ""))
        guard let row = rows.first else { throw APIError.notFound("Quote", id) }
        var columns = ColumnReader(row)
        var quote = Quote(&columns)
        guard quote.isOwned(by: context.principal) || columns.bool() else { throw APIError.notFound("Quote", id) }
        quote.items = try await context.db.query(itemsStatement([quote.id])).map { QuoteItem($0) }
        return quote
    }

    /// Newest first, with their items.
    ///
    /// - Parameter status: nil = any.
    static func list(status: String?, clientID: Int64?, _ page: PageRequest, _ context: Context) async throws
        -> (quotes: [Quote], pagination: Pagination)
    {
        var sql = SQL()
        let owner = sql.bind(.int(context.principal.userID))
        var conditions = ["(q.created_by = \(owner) or \(seesAll(context.principal, in: &sql)))"]
        if let status { conditions.append("q.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("q.client_id = \(sql.bind(.int(clientID)))") }
        let filter = conditions.joined(separator: " and ")
        let columns = Quote.columns(zone: context.settings.timezone, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from quotes q where \(filter))",
                page: "select q.* from quotes q where \(filter)", order: "q.created_at desc, q.id desc"
            ).statement(sql, page, columns: columns, alias: "q", joins: "left join clients c on c.id = q.client_id"))
        let (models, pagination) = PageQuery.read(rows, page) { Quote($0, offset: 1) }
        var quotes = Array(models)
        let items = try await context.db.query(itemsStatement(quotes.map(\.id))).map { QuoteItem($0) }
        let byQuote = Dictionary(grouping: items, by: \.quoteID)
        for index in quotes.indices { quotes[index].items = byQuote[quotes[index].id] ?? [] }
        return (quotes, pagination)
    }

    /// Locks the quote to the end of the transaction.
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for other people's quotes.
    static func lock(_ id: Int64, _ context: Context, ownerOnly: Bool = false, in tx: PostgresTransaction) async throws
        -> Quote
    {
        guard let row = try await tx.query(select(id, context, lock: " for update of q")).first else {
            throw APIError.notFound("Quote", id)
        }
        var columns = ColumnReader(row)
        var quote = Quote(&columns)
        let seesAll = columns.bool()
        guard
            quote.isOwned(by: context.principal)
                || (ownerOnly ? context.principal.isAdmin : seesAll)
        else { throw APIError.forbidden("You do not have access to this quote") }
        quote.items = try await tx.query(itemsStatement([quote.id])).map { QuoteItem($0) }
        return quote
    }

    private static func select(_ id: Int64, _ context: Context, lock: String) -> Statement {
        var sql = SQL()
        let columns = Quote.columns(zone: context.settings.timezone, in: &sql)
        let seesAll = seesAll(context.principal, in: &sql)
        sql.add("select \(columns), \(seesAll) from quotes q left join clients c on c.id = q.client_id where q.id = ")
        sql.add("", .int(id), lock)
        return sql.statement
    }

    static func itemsStatement(_ quoteIDs: [Int64]) -> Statement {
        Statement(
            "select \(QuoteItem.columns) from quote_items where quote_id = any ($1) order by quote_id, position, id",
            [.intArray(quoteIDs)])
    }

    /// Stock items and warehouses that lines refer to have to exist.
    static func checkReferences(_ items: [QuoteItem], in tx: PostgresTransaction) async throws {
        let stock = items.compactMap(\.stockItemID)
        let warehouses = items.compactMap(\.warehouseID)
        guard !stock.isEmpty || !warehouses.isEmpty else { return }
        let statement = Statement(
            """
            select (select count(*) from unnest($1::bigint[]) id where id not in (select id from stock_items)),
                   (select count(*) from unnest($2::bigint[]) id where id not in (select id from warehouses))
            """, [.intArray(stock), .intArray(warehouses)])
        guard let row = try await tx.query(statement).first else { return }
        if row.int(0) > 0 { throw APIError.validation("items", "stock_item_id must name a stock item") }
        if row.int(1) > 0 { throw APIError.validation("items", "warehouse_id must name a warehouse") }
    }

    /// Writes a quote, new (`id` 0) or changed, with its lines and the record of it; returns it as stored.
    static func save(_ quote: Quote, replacesItems: Bool, _ context: Context, in tx: PostgresTransaction) async throws
        -> Quote
    {
        func instant(_ value: Int64?) -> PostgresValue { .init(timestamp: value) }
        let columns: [(String, PostgresValue, String)] = [
            ("quote_number", .text(quote.number), "text"), ("client_id", .int(quote.clientID), "bigint"),
            ("title", .text(quote.title), "text"), ("description", .init(quote.description), "text"),
            ("notes", .init(quote.notes), "text"), ("terms", .init(quote.terms), "text"),
            ("status", .text(quote.status.rawValue), "text"), ("subtotal", .hundredths(quote.subtotal), "numeric"),
            ("tax_amount", .hundredths(quote.taxAmount), "numeric"),
            ("total_amount", .hundredths(quote.total), "numeric"), ("tax_rate", .hundredths(quote.taxRate), "numeric"),
            ("currency_code", .text(quote.currency), "text"), ("discount_type", .init(quote.discountType), "text"),
            ("discount_amount", .hundredths(quote.discountAmount), "numeric"),
            ("discount_reason", .init(quote.discountReason), "text"), ("coupon_code", .init(quote.couponCode), "text"),
            ("valid_until", .init(date: quote.validUntil), "date"), ("sent_at", instant(quote.sentAt), "timestamptz"),
            ("accepted_at", instant(quote.acceptedAt), "timestamptz"),
            ("rejected_at", instant(quote.rejectedAt), "timestamptz"),
            ("accepted_by", .init(quote.acceptedBy), "bigint"),
            ("payment_terms", .init(quote.paymentTerms), "text"),
            ("visible_to_client", .bool(quote.isVisibleToClient), "bool"),
        ]
        let statement = RowWriter(table: "quotes", columns: columns, id: quote.id).statement(
            returning: "id, created_at, updated_at", context)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Quote", quote.id) }
        var saved = quote
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        if replacesItems { saved.items = try await replaceItems(of: saved, in: tx) }
        try await context.record([quote.id == 0 ? .created : .updated], saved, in: tx)
        return saved
    }

    private static func replaceItems(of quote: Quote, in tx: PostgresTransaction) async throws -> [QuoteItem] {
        _ = try await tx.query(Statement("delete from quote_items where quote_id = $1", [.int(quote.id)]))
        guard !quote.items.isEmpty else { return [] }
        let items = quote.items
        // Nulls travel as empty texts and zeros in the arrays.
        let statement = Statement(
            """
            insert into quote_items
                (quote_id, position, line_kind, display_name, category, line_date, sku, description, quantity, unit_price,
                 total_amount, unit, stock_item_id, warehouse_id, is_stock_item)
            select $1, i.n - 1, i.kind, nullif(i.name, ''), nullif(i.category, ''), nullif(i.day, '')::date, nullif(i.sku, ''),
                   i.description, i.quantity / 100.0, i.price / 100.0, i.total / 100.0, nullif(i.unit, ''),
                   nullif(i.stock, 0), nullif(i.warehouse, 0), i.stock > 0
            from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                        $10::bigint[], $11::text[], $12::bigint[], $13::bigint[]) with ordinality
                as i (kind, name, category, day, sku, description, quantity, price, total, unit, stock, warehouse, n)
            order by i.n
            returning \(QuoteItem.columns)
            """,
            [
                .int(quote.id), .textArray(items.map(\.kind)), .textArray(items.map { $0.displayName ?? "" }),
                .textArray(items.map { $0.category ?? "" }),
                .textArray(items.map { $0.lineDate.map(InstantFormat.dateText) ?? "" }),
                .textArray(items.map { $0.sku ?? "" }), .textArray(items.map(\.description)),
                .intArray(items.map(\.quantity)), .intArray(items.map(\.unitPrice)), .intArray(items.map(\.total)),
                .textArray(items.map { $0.unit ?? "" }), .intArray(items.map { $0.stockItemID ?? 0 }),
                .intArray(items.map { $0.warehouseID ?? 0 }),
            ])
        return try await tx.query(statement).map { QuoteItem($0) }
    }
}

extension Quote {
    func isOwned(by principal: Principal) -> Bool { createdBy == principal.userID }
}
