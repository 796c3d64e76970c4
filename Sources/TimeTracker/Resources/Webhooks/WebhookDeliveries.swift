import Postgres

/// What has been sent to a webhook, and what can be done with it (behaviour.md §10.1).
enum WebhookDeliveries {
    /// Newest first.
    static func list(of webhookID: ID<Webhook>, status: String?, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<WebhookDelivery>, pagination: Pagination)
    {
        let webhook = try await WebhookStore.find(webhookID, context)
        var sql = SQL()
        var filter = "d.webhook_id = \(sql.bind(webhook.id.parameter))"
        if let status { filter += " and d.status = \(sql.bind(status.parameter))" }
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from webhook_deliveries d where \(filter))",
                page: "select \(WebhookDelivery.selected) from webhook_deliveries d where \(filter)", order: "d.id desc"
            ).statement(sql, page, columns: WebhookDelivery.selected, alias: "d"))
        return PageQuery.read(rows, page)
    }

    /// - Throws: ``APIError`` 404.
    static func find(_ id: ID<WebhookDelivery>, of webhookID: ID<Webhook>, _ context: Context) async throws
        -> WebhookDeliveryWithPayload
    {
        let webhook = try await WebhookStore.find(webhookID, context)
        let rows = try await context.db.query(
            Statement(
                """
                select \(WebhookDeliveryWithPayload.selected) from webhook_deliveries d where d.id = $1 and d.webhook_id = $2
                """, [id.parameter, webhook.id.parameter]))
        guard let row = rows.first else { throw APIError.notFound("Delivery", id.number) }
        return try WebhookDeliveryWithPayload(row)
    }

    /// What the receiver said at last; nothing before it has answered.
    static func answer(to id: ID<WebhookDelivery>, of webhookID: ID<Webhook>, _ context: Context) async throws
        -> (fields: [(name: String, value: String)], body: String)
    {
        var sql = SQL(
            """
            select coalesce(d.response_body, ''),
                   array(select key from jsonb_each_text(coalesce(d.response_headers, '{}')) order by key),
                   array(select value from jsonb_each_text(coalesce(d.response_headers, '{}')) order by key)
            from webhook_deliveries d join webhooks w on w.id = d.webhook_id where d.id =
            """)
        sql.add(" ", id.parameter)
        sql.add(" and d.webhook_id = ", webhookID.parameter)
        let visible = WebhookStore.visibility(context, in: &sql)
        sql.add(" and \(visible)")
        guard let row = try await context.db.query(sql.statement).first else { return ([], "") }
        return (zip(row.textArray(1), row.textArray(2)).map { ($0, $1) }, row.string(0))
    }

    /// Sends it again, soon, with the same body.
    ///
    /// - Throws: ``APIError`` 404; 409 for an inactive webhook, and while it is being sent.
    static func redeliver(
        _ id: ID<WebhookDelivery>, of webhookID: ID<Webhook>, _ context: Context, in tx: PostgresTransaction
    ) async throws -> WebhookDelivery {
        let webhook = try await WebhookStore.lock(webhookID, context, in: tx)
        guard webhook.isActive else { throw APIError.conflict("The webhook is inactive") }
        let values: [PostgresValue] = [id.parameter, webhook.id.parameter]
        let found = try await tx.query(
            Statement(
                "select d.claimed_by is not null from webhook_deliveries d where d.id = $1 and d.webhook_id = $2",
                values))
        guard let row = found.first else { throw APIError.notFound("Delivery", id.number) }
        guard !row.bool(0) else { throw APIError.conflict("The delivery is being sent at this moment") }
        let rows = try await tx.pipeline([
            Statement(
                """
                update webhook_deliveries d set status = 'pending', retry_count = 0, next_retry_at = null,
                    error_type = null, error_message = null
                where d.id = $1 and d.webhook_id = $2 returning \(WebhookDelivery.selected)
                """, values),
            Statement("select pg_notify('webhook_deliveries', '')"),
        ])
        guard let row = rows[0].first else { throw APIError.notFound("Delivery", id.number) }
        return try WebhookDelivery(row)
    }
}
