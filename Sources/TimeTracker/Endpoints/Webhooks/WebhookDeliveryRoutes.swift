import HTTPTypes

/// `/api/v1/webhooks/{id}/deliveries` and `/api/v1/webhooks/{id}/test` (behaviour.md §10.1).
enum WebhookDeliveryRoutes: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/webhooks/{id}/deliveries", summary: "List a webhook's deliveries",
            details: "Newest first. Deliveries are kept for 30 days.", access: WebhookResource.read,
            query: [
                .text("status", WebhookDelivery.Status.allCases.map(\.rawValue).joined(separator: ", ")), .page,
                .perPage,
            ], response: .list("deliveries", of: WebhookDelivery.schema), handler: list),
        Route(
            .get, path: "/api/v1/webhooks/{id}/deliveries/{delivery_id}", summary: "Get a delivery",
            details: "With the body that is sent.", access: WebhookResource.read,
            response: .single("delivery", WebhookDeliveryWithPayload.schema), isConditional: true, handler: get),
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
                ], required: ["success", "delivery", "message"]), handler: test),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let status = query.text("status")
        let page = query.page()
        try query.finish()
        let (deliveries, pagination) = try await WebhookDeliveries.list(
            of: call.id(), status: status, page, call.context)
        return try .list(key: "deliveries", deliveries, pagination)
    }

    @Sendable private static func get(_ call: Call) async throws -> Reply {
        let delivery = try await WebhookDeliveries.find(call.id(1), of: call.id(), call.context)
        return .single(key: "delivery", delivery)
    }

    @Sendable static func redeliver(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            let delivery = try await WebhookDeliveries.redeliver(
                call.id(1), of: call.id(), call.context, in: tx)
            return .saved(.ok, message: "Delivery queued", key: "delivery", delivery)
        }
    }

    @Sendable static func test(_ call: Call) async throws -> Reply {
        let delivery = try await WebhookTest.run(call.id(), call.context)
        let reply = Reply.json { json in
            json.beginObject()
            json.key("success")
            json.value(delivery.status == .success)
            json.key("delivery")
            delivery.write(to: &json)
            json.key("message")
            json.value(WebhookTest.message(delivery))
            json.endObject()
        }
        // Only the outcome is kept for the Idempotency-Key: no transaction may stay open while a receiver takes its time.
        return try await call.change { _ in reply }
    }
}
