import Postgres

/// Reads and writes webhooks. Administrators see all, others their own (behaviour.md §10.1).
enum WebhookStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for somebody else's webhook.
    static func find(_ id: Int64, _ context: Context) async throws -> Webhook {
        try checked(try await context.db.query(select(id, lock: "")), id, context)
    }

    /// Newest first.
    ///
    /// - Parameter isActive: nil = all.
    static func list(isActive: Bool?, _ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<Webhook>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [visibility(context, in: &sql)]
        if let isActive { conditions.append("w.is_active = \(sql.bind(.bool(isActive)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from webhooks w where \(filter))",
                page: "select w.* from webhooks w where \(filter)", order: "w.created_at desc, w.id desc"
            ).statement(sql, page, columns: Webhook.columns, alias: "w"))
        return PageQuery.read(rows, page) { Webhook($0, offset: 1) }
    }

    /// Locks the webhook to the end of the transaction; deliveries may be inserted meanwhile.
    static func lock(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> Webhook {
        try checked(try await tx.query(select(id, lock: " for no key update of w")), id, context)
    }

    private static func select(_ id: Int64, lock: String) -> Statement {
        Statement("select \(Webhook.columns) from webhooks w where w.id = $1\(lock)", [.int(id)])
    }

    private static func checked(_ rows: Rows, _ id: Int64, _ context: Context) throws -> Webhook {
        guard let row = rows.first else { throw APIError.notFound("Webhook", id) }
        let webhook = Webhook(row)
        guard context.principal.isAdmin || webhook.userID == context.principal.userID else {
            throw APIError.forbidden("You do not have access to this webhook")
        }
        return webhook
    }

    /// SQL condition over `webhooks w` that is true for what the caller may see.
    static func visibility(_ context: Context, in sql: inout SQL) -> String {
        context.principal.isAdmin ? "true" : "w.user_id = \(sql.bind(.int(context.principal.userID)))"
    }

    /// Writes a webhook, new (`id` 0) or changed; returns it as stored.
    ///
    /// - Parameter secret: `.absent` keeps the stored one.
    static func save(_ webhook: Webhook, secret: Presence<String>, _ context: Context, in tx: PostgresTransaction)
        async throws
        -> Webhook
    {
        var columns: [(String, PostgresValue, String)] = [
            ("name", .text(webhook.name), "text"), ("description", .init(webhook.description), "text"),
            ("url", .text(webhook.url), "text"), ("events", .textArray(webhook.events), "text[]"),
            ("http_method", .text(webhook.method), "text"), ("content_type", .text(webhook.contentType), "text"),
            ("headers", .json(webhook.headers), "jsonb"), ("is_active", .bool(webhook.isActive), "bool"),
            ("max_retries", .int(webhook.maxRetries), "int"), ("retry_delay_seconds", .int(webhook.retryDelay), "int"),
            ("timeout_seconds", .int(webhook.timeout), "int"),
        ]
        if secret.isPresent { columns.append(("secret", .init(secret.value), "text")) }
        var sql = SQL()
        var assignments = columns.map { name, value, type in
            let placeholder = "\(sql.bind(value))::\(type)"
            return (name, name == "events" ? "to_jsonb(\(placeholder))" : placeholder)
        }
        if webhook.id == 0 {
            assignments.append(("user_id", sql.bind(.int(context.principal.userID))))
            let names = assignments.map(\.0).joined(separator: ", ")
            sql.add("insert into webhooks as w (\(names)) values (\(assignments.map(\.1).joined(separator: ", ")))")
        } else {
            // Switching it on again is a new start.
            assignments.append(
                ("consecutive_failures", "case when w.is_active then w.consecutive_failures else 0 end"))
            assignments.append(("updated_at", "clock_timestamp()"))
            sql.add("update webhooks w set \(assignments.map { "\($0.0) = \($0.1)" }.joined(separator: ", "))")
            sql.add(" where w.id = ", .int(webhook.id))
        }
        sql.add(" returning \(Webhook.columns)")
        guard let row = try await tx.query(sql.statement).first else { throw APIError.notFound("Webhook", webhook.id) }
        return Webhook(row)
    }
}
