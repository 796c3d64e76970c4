import HTTPTypes
import Postgres

/// `/api/v1/webhooks/{id}/deliveries` and `/api/v1/webhooks/{id}/test` (behaviour.md §10.1).
enum WebhookDeliveryRoutes: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/webhooks/{id}/deliveries", summary: "List a webhook's deliveries",
            details: "Newest first. Deliveries are kept for 30 days.", access: WebhookResource.read,
            query: [
                .text("status", WebhookDelivery.statuses.joined(separator: ", ")), .page, .perPage,
            ], response: .list("deliveries", of: WebhookDelivery.schema), handler: list),
        Route(
            .get, path: "/api/v1/webhooks/{id}/deliveries/{delivery_id}", summary: "Get a delivery",
            details: "With the body that is sent.", access: WebhookResource.read,
            response: .single("delivery", WebhookDeliveryWithPayload.schema), handler: get),
        Route(
            .post, path: "/api/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver", summary: "Send a delivery again",
            details: "With the same body and event id, soon, and with as many retries as a new one.",
            access: WebhookResource.write, response: .saved("delivery", WebhookDelivery.schema), errors: [.conflict],
            handler: redeliver),
        Route(
            .post, path: "/api/v1/webhooks/{id}/test", summary: "Test a webhook",
            details: "Sends the event webhook.test once, subscribed or not, and waits for the outcome.",
            access: WebhookResource.write,
            response: .object(
                properties: [
                    ("success", .boolean()), ("delivery", WebhookDelivery.schema),
                    ("message", .string(description: "")),
                ], required: ["success", "delivery", "message"]), handler: WebhookTest.run),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let status = query.text("status")
        let page = query.page()
        try query.finish()
        let webhook = try await WebhookStore.find(call)
        var sql = SQL()
        var filter = "d.webhook_id = \(sql.bind(.int(webhook.id)))"
        if let status { filter += " and d.status = \(sql.bind(.text(status)))" }
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from webhook_deliveries d where \(filter))",
                page: "select \(WebhookDelivery.columns) from webhook_deliveries d where \(filter)", order: "d.id desc"
            ).statement(sql, page, columns: WebhookDelivery.columns, alias: "d"))
        let (deliveries, pagination) = PageQuery.read(rows, page) { WebhookDelivery($0, offset: 1) }
        return .list(key: "deliveries", deliveries, pagination)
    }

    @Sendable private static func get(_ call: Call) async throws -> Reply {
        let webhook = try await WebhookStore.find(call)
        let rows = try await call.db.query(
            Statement(
                "select \(WebhookDelivery.columns), d.payload from webhook_deliveries d where d.id = $1 and d.webhook_id = $2",
                [.int(call.deliveryID), .int(webhook.id)]))
        guard let row = rows.first else { throw APIError.notFound("Delivery", call.deliveryID) }
        return .single(
            key: "delivery", WebhookDeliveryWithPayload(delivery: WebhookDelivery(row), payload: row.string(14)))
    }

    @Sendable private static func redeliver(_ call: Call) async throws -> Reply {
        return try await call.change { tx in
            let webhook = try await WebhookStore.lock(call, in: tx)
            guard webhook.isActive else { throw APIError.conflict("The webhook is inactive") }
            let values: [PostgresValue] = [.int(call.deliveryID), .int(webhook.id)]
            let found = try await tx.query(
                Statement(
                    "select d.claimed_by is not null from webhook_deliveries d where d.id = $1 and d.webhook_id = $2",
                    values))
            guard let row = found.first else { throw APIError.notFound("Delivery", call.deliveryID) }
            guard !row.bool(0) else { throw APIError.conflict("The delivery is being sent at this moment") }
            let rows = try await tx.pipeline([
                Statement(
                    """
                    update webhook_deliveries d set status = 'pending', retry_count = 0, next_retry_at = null,
                        error_type = null, error_message = null
                    where d.id = $1 and d.webhook_id = $2 returning \(WebhookDelivery.columns)
                    """, values),
                Statement("select pg_notify('webhook_deliveries', '')"),
            ])
            guard let row = rows[0].first else { throw APIError.notFound("Delivery", call.deliveryID) }
            return .saved(.ok, message: "Delivery queued", key: "delivery", WebhookDelivery(row))
        }
    }
}

extension Call {
    /// The path's second id.
    fileprivate var deliveryID: Int64 { pathIDs[1] }
}
