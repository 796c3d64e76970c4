import Postgres

/// Reads and writes webhooks. Administrators see all, others their own (behaviour.md §10.1).
enum WebhookStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for somebody else's webhook.
    static func find(_ call: Call) async throws -> Webhook {
        try checked(try await call.db.query(select(call, lock: "")), call)
    }

    /// Locks the webhook to the end of the transaction; deliveries may be inserted meanwhile.
    static func lock(_ call: Call, in tx: PostgresTransaction) async throws -> Webhook {
        try checked(try await tx.query(select(call, lock: " for no key update of w")), call)
    }

    private static func select(_ call: Call, lock: String) -> Statement {
        Statement("select \(Webhook.columns) from webhooks w where w.id = $1\(lock)", [.int(call.pathID)])
    }

    private static func checked(_ rows: Rows, _ call: Call) throws -> Webhook {
        guard let row = rows.first else { throw APIError.notFound("Webhook", call.pathID) }
        let webhook = Webhook(row)
        guard call.principal.isAdmin || webhook.userID == call.principal.userID else {
            throw APIError.forbidden("You do not have access to this webhook")
        }
        return webhook
    }

    /// SQL condition over `webhooks w` that is true for what the caller may see.
    static func visibility(_ call: Call, in sql: inout SQL) -> String {
        call.principal.isAdmin ? "true" : "w.user_id = \(sql.bind(.int(call.principal.userID)))"
    }

    /// Writes a webhook, new (`id` 0) or changed; returns it as stored.
    ///
    /// - Parameter secret: `.absent` keeps the stored one.
    static func save(_ webhook: Webhook, secret: Presence<String>, _ call: Call, in tx: PostgresTransaction)
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
            assignments.append(("user_id", sql.bind(.int(call.principal.userID))))
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
