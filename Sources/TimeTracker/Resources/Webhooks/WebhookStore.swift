import Postgres

/// Reads and writes webhooks. Administrators see all, others their own (behaviour.md §10.1).
enum WebhookStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for somebody else's webhook.
    static func find(_ id: ID<Webhook>, _ context: Context) async throws -> Webhook {
        try checked(try await context.db.query(select(id, lock: "")), id, context)
    }

    /// Newest first.
    ///
    /// - Parameter isActive: nil = all.
    static func list(isActive: Bool?, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<Webhook>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [visibility(context, in: &sql)]
        if let isActive { conditions.append("w.is_active = \(sql.bind(.bool(isActive)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from webhooks w where \(filter))",
                page: "select w.* from webhooks w where \(filter)", order: "w.created_at desc, w.id desc"
            ).statement(sql, page, columns: Webhook.selected, alias: "w"))
        return PageQuery.read(rows, page)
    }

    /// Locks the webhook to the end of the transaction; deliveries may be inserted meanwhile.
    static func lock(_ id: ID<Webhook>, _ context: Context, in tx: PostgresTransaction) async throws -> Webhook {
        try checked(try await tx.query(select(id, lock: " for no key update of w")), id, context)
    }

    private static func select(_ id: ID<Webhook>, lock: String) -> Statement {
        Statement("select \(Webhook.selected) from webhooks w where w.id = $1\(lock)", [id.parameter])
    }

    private static func checked(_ rows: Rows, _ id: ID<Webhook>, _ context: Context) throws -> Webhook {
        guard let row = rows.first else { throw APIError.notFound("Webhook", id.number) }
        let webhook = try Webhook(row)
        guard context.principal.isAdmin || webhook.userID.number == context.principal.userID else {
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
        let statement = webhook.writing(returning: Webhook.selected) { sql, isNew in
            var more: [(column: String, value: String)] = []
            if secret.isPresent { more.append(("secret", "\(sql.bind(secret.value.parameter))::text")) }
            more.append(
                isNew
                    ? ("user_id", sql.bind(.int(context.principal.userID)))
                    // Switching it on again is a new start.
                    : ("consecutive_failures", "case when w.is_active then w.consecutive_failures else 0 end"))
            return more
        }
        guard let row = try await tx.query(statement).first else {
            throw APIError.notFound("Webhook", webhook.id.number)
        }
        return try Webhook(row)
    }
}
