import Postgres

/// Reads and writes quotes.
enum QuoteStore {
    /// SQL condition: whether the caller may see and change quotes of others (behaviour.md §2.6).
    static func seesAll(_ principal: Principal, in sql: inout SQL) -> String {
        if principal.isAdmin { return "true" }
        return Roles.holds("edit_quotes", userID: sql.bind(.int(principal.userID)))
    }

    /// - Throws: ``APIError`` 404 for an unknown id and for other people's quotes.
    static func find(_ id: ID<Quote>, _ context: Context) async throws -> Quote {
        let rows = try await context.db.query(select(id, context))
        guard let found = try read(rows), found.quote.isOwned(by: context.principal) || found.seesAll else {
            throw APIError.notFound("Quote", id.number)
        }
        var quote = found.quote
        quote.items = try await ModelRows(context.db.query(items(of: [quote.id]))).all()
        return quote
    }

    /// Newest first, with their items.
    ///
    /// - Parameter status: nil = any.
    static func list(status: String?, clientID: ID<Client>?, _ page: PageRequest, _ context: Context) async throws
        -> (quotes: [Quote], pagination: Pagination)
    {
        var sql = SQL()
        let owner = sql.bind(.int(context.principal.userID))
        var conditions = ["(q.created_by = \(owner) or \(seesAll(context.principal, in: &sql)))"]
        if let status { conditions.append("q.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("q.client_id = \(sql.bind(clientID.parameter))") }
        let filter = conditions.joined(separator: " and ")
        let joins = Quote.joins(zone: context.settings.timezone, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from quotes q where \(filter))",
                page: "select q.* from quotes q where \(filter)", order: "q.created_at desc, q.id desc"
            ).statement(sql, page, columns: Quote.selected, alias: "q", joins: joins))
        let (models, pagination) = PageQuery.read(rows, page, as: Quote.self)
        var quotes = try models.all()
        let items = try await ModelRows<QuoteItem>(context.db.query(items(of: quotes.map(\.id)))).all()
        let byQuote = Dictionary(grouping: items, by: \.quoteID)
        for index in quotes.indices { quotes[index].items = byQuote[quotes[index].id] ?? [] }
        return (quotes, pagination)
    }

    /// Locks the quote to the end of the transaction.
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for other people's quotes.
    static func lock(_ id: ID<Quote>, _ context: Context, ownerOnly: Bool = false, in tx: PostgresTransaction)
        async throws -> Quote
    {
        guard let found = try read(try await tx.query(select(id, context, lock: " for update of q"))) else {
            throw APIError.notFound("Quote", id.number)
        }
        var quote = found.quote
        guard quote.isOwned(by: context.principal) || (ownerOnly ? context.principal.isAdmin : found.seesAll) else {
            throw APIError.forbidden("You do not have access to this quote")
        }
        quote.items = try await ModelRows(tx.query(items(of: [quote.id]))).all()
        return quote
    }

    private static func select(_ id: ID<Quote>, _ context: Context, lock: String = "") -> Statement {
        var sql = SQL()
        let seesAll = seesAll(context.principal, in: &sql)
        let joins = Quote.joins(zone: context.settings.timezone, in: &sql)
        sql.add("select \(seesAll), \(Quote.selected) from quotes q \(joins) where q.id = ", id.parameter, lock)
        return sql.statement
    }

    private static func read(_ rows: Rows) throws -> (quote: Quote, seesAll: Bool)? {
        try rows.first.map { (try Quote($0, from: 1), $0.bool(0)) }
    }

    private static func items(of quotes: [ID<Quote>]) -> Statement {
        Statement(
            """
            select \(QuoteItem.selected) from quote_items l where l.quote_id = any ($1)
            order by l.quote_id, l.position, l.id
            """, [.ids(quotes)])
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
            """, [.ids(stock), .ids(warehouses)])
        guard let row = try await tx.query(statement).first else { return }
        if row.int(0) > 0 { throw APIError.validation("items", "stock_item_id must name a stock item") }
        if row.int(1) > 0 { throw APIError.validation("items", "warehouse_id must name a warehouse") }
    }

    /// Writes a quote, new (`id` 0) or changed, with its lines and the record of it; returns it as stored.
    static func save(_ quote: Quote, replacesItems: Bool, _ context: Context, in tx: PostgresTransaction) async throws
        -> Quote
    {
        guard let row = try await tx.query(quote.writing(by: context)).first else {
            throw APIError.notFound("Quote", quote.id.number)
        }
        var saved = quote
        try saved.reread(row)
        if replacesItems { saved.items = try await replaceItems(of: saved, in: tx) }
        try await context.record([quote.id == .none ? .created : .updated], saved, in: tx)
        return saved
    }

    private static func replaceItems(of quote: Quote, in tx: PostgresTransaction) async throws -> [QuoteItem] {
        _ = try await tx.query(Statement("delete from quote_items where quote_id = $1", [quote.id.parameter]))
        guard !quote.items.isEmpty else { return [] }
        let items = quote.items
        // Nulls travel as empty texts and zeros in the arrays.
        let statement = Statement(
            """
            insert into quote_items as l
                (quote_id, position, line_kind, display_name, category, line_date, sku, description, quantity, unit_price,
                 total_amount, unit, stock_item_id, warehouse_id, is_stock_item)
            select $1, i.n - 1, i.kind, nullif(i.name, ''), nullif(i.category, ''), nullif(i.day, '')::date, nullif(i.sku, ''),
                   i.description, i.quantity / 100.0, i.price / 100.0, i.total / 100.0, nullif(i.unit, ''),
                   nullif(i.stock, 0), nullif(i.warehouse, 0), i.stock > 0
            from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                        $10::bigint[], $11::text[], $12::bigint[], $13::bigint[]) with ordinality
                as i (kind, name, category, day, sku, description, quantity, price, total, unit, stock, warehouse, n)
            order by i.n
            returning \(QuoteItem.selected)
            """,
            [
                quote.id.parameter, .textArray(items.map(\.kind.rawValue)),
                .textArray(items.map { $0.displayName ?? "" }),
                .textArray(items.map { $0.category ?? "" }),
                .textArray(items.map { $0.lineDate?.text ?? "" }),
                .textArray(items.map { $0.sku ?? "" }), .textArray(items.map(\.description)),
                .intArray(items.map(\.quantity.hundredths)), .intArray(items.map(\.unitPrice.hundredths)),
                .intArray(items.map(\.total.hundredths)),
                .textArray(items.map { $0.unit ?? "" }), .intArray(items.map { $0.stockItemID?.number ?? 0 }),
                .intArray(items.map { $0.warehouseID?.number ?? 0 }),
            ])
        return try await ModelRows(tx.query(statement)).all()
    }
}
