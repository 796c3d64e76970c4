import Postgres

/// Sends `webhook.test` and waits for what comes of it (behaviour.md §10.1).
enum WebhookTest {
    private static let pollInterval: Duration = .milliseconds(100)
    /// Seconds beyond the webhook's timeout, for the delivery to be picked up and recorded.
    private static let grace: Int64 = 5
    /// Most of the webhook's timeout that the caller waits out; proxies and clients have timeouts of their own.
    private static let longestWait: Int64 = 10

    static func run(_ id: ID<Webhook>, _ context: Context) async throws -> WebhookDelivery {
        let webhook = try await WebhookStore.find(id, context)
        let eventID = UUIDText.random()
        let payload = payload(webhook, eventID, context.principal)
        let inserted = try await context.change(
            by:
                Statement(
                    """
                    insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash)
                    values ($1, $2, $3, $4, encode(sha256(convert_to($4, 'UTF8')), 'hex')) returning id
                    """, [webhook.id.parameter, .text(EventType.test), .text(eventID), .text(payload)]))
        guard let delivery = inserted.first?.first.flatMap({ ID<WebhookDelivery>.read($0, 0) }) else {
            throw APIError.notFound("Webhook", webhook.id.number)
        }
        return try await outcome(of: delivery, within: min(webhook.timeout, longestWait) + grace, context)
    }

    private static func outcome(of id: ID<WebhookDelivery>, within seconds: Int64, _ context: Context) async throws
        -> WebhookDelivery
    {
        let deadline = ContinuousClock.now + .seconds(seconds)
        let statement = Statement(
            "select \(WebhookDelivery.selected) from webhook_deliveries d where d.id = $1", [id.parameter])
        while true {
            guard let row = try await context.db.query(statement).first else {
                throw APIError.notFound("Delivery", id.number)
            }
            let delivery = try WebhookDelivery(row)
            if delivery.status != .pending || ContinuousClock.now >= deadline { return delivery }
            try await Task.sleep(for: pollInterval)
        }
    }

    /// In words.
    static func message(_ delivery: WebhookDelivery) -> String {
        switch delivery.status {
        case .success: "Test delivery succeeded"
        case .pending: "The test is queued and has not been sent yet"
        default: "Test delivery failed: \(delivery.errorMessage ?? "unknown error")"
        }
    }

    private static func payload(_ webhook: Webhook, _ eventID: String, _ actor: Principal) -> String {
        EventPayload(
            eventID: eventID, type: EventType.test, actor: ChangeActor(actor),
            entity: .init(type: "webhook", id: webhook.id.number, name: webhook.name), action: "test",
            description: "Test of webhook \(webhook.name)"
        ).text()
    }
}
