import HTTPTypes
import Postgres

/// `/admin/webhooks/{id}/deliveries/{delivery_id}`: what was sent, and what came back.
enum WebhookDeliveryPages {
    private static let home = WebhookPages.home + "/{id}/deliveries/{delivery_id}"

    static let routes = [
        Route(
            .get, path: home, summary: "Page of a delivery", access: .page(.admin), response: .string(), handler: show),
        WebhookPages.action(home + "/redeliver", "Send a delivery again") { call in
            let outcome = try await call.carryOut(
                WebhookInput.body, [], form: try call.exchange.form, WebhookDeliveryRoutes.redeliver)
            let address = "\(WebhookPages.home)/\(call.pathID)"
            guard case .done = outcome else { return call.seeOther(address, .deliveryRefused) }
            return call.seeOther(address, .deliveryQueued)
        },
    ]

    static func row(_ delivery: WebhookDelivery, at time: String?) -> [String: Any] {
        [
            "delivery_id": "\(delivery.id)", "event": delivery.eventType, "event_id": delivery.eventID,
            "status": delivery.status.label, "status_class": delivery.status.isGood ? "active" : "inactive",
            "is_settled": delivery.status == .success || delivery.status == .failed,
            "attempts": "\(delivery.attemptNumber)", "at": time ?? "Not yet",
            "answer": delivery.responseStatusCode.map { "\($0)" } ?? delivery.errorType ?? "",
            "took": delivery.durationMilliseconds.map { "\($0) ms" } ?? "",
        ]
    }

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = WebhookStore.find(call.id(), call.context)
        async let answering = WebhookDeliveries.answer(to: call.id(1), of: call.id(), call.context)
        let found = try await WebhookDeliveries.find(call.id(1), of: call.id(), call.context)
        let (delivery, webhook, answer) = (found.delivery, try await finding, try await answering)
        let times = try await Times([delivery.startedAt, delivery.completedAt, delivery.nextRetryAt], call)
        let facts = [
            ("Event", delivery.eventType), ("Event id", delivery.eventID),
            ("Attempts", "\(delivery.attemptNumber)"), ("Started", times.texts[0] ?? ""),
            ("Ended", times.texts[1] ?? ""), ("Took", delivery.durationMilliseconds.map { "\($0) ms" } ?? ""),
            ("Next attempt", times.texts[2] ?? ""), ("Error", delivery.errorMessage ?? ""),
        ]
        var values = row(delivery, at: times.texts[0])
        values["id"] = "\(webhook.id)"
        values["webhook"] = webhook.name
        values["can_redeliver"] = webhook.isActive
        values["facts"] = facts.filter { !$0.1.isEmpty }.map { ["label": $0.0, "value": $0.1] }
        values["request_line"] = "\(webhook.method.rawValue) \(webhook.url)"
        values["request_body"] = found.payload
        values["has_answer"] = delivery.responseStatusCode != nil
        values["answer_fields"] = answer.fields.map { ["label": $0.name, "value": $0.value] }
        values["has_answer_body"] = !answer.body.isEmpty
        values["answer_body"] = answer.body
        values["back"] = "\(WebhookPages.home)/\(webhook.id)"
        return call.page("webhook_delivery", title: "Delivery \(delivery.id)", .webhooks, try await loading, values)
    }
}

extension WebhookDelivery.Status {
    fileprivate var isGood: Bool { self == .success }

    var label: String {
        switch self {
        case .pending: "Pending"
        case .success: "Succeeded"
        case .failed: "Failed"
        case .retrying: "Will be tried again"
        }
    }
}
