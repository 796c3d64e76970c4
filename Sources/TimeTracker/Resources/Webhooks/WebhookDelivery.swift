import Postgres

/// One event for one webhook, and what became of it (behaviour.md §10.1). Instants in µs since 2000-01-01 UTC.
struct WebhookDelivery: Sendable {
    static let statuses = ["pending", "success", "failed", "retrying"]

    var id: Int64
    var webhookID: Int64
    var eventType: String
    var eventID: String
    var status: String
    var attemptNumber: Int64
    var responseStatusCode: Int64?
    var errorMessage: String?
    var errorType: String?
    var startedAt: Int64?
    var completedAt: Int64?
    var durationMilliseconds: Int64?
    var retryCount: Int64
    var nextRetryAt: Int64?

    /// The columns that ``init(_:)`` reads, over `webhook_deliveries d`.
    static let columns = """
        d.id, d.webhook_id, d.event_type, d.event_id, d.status, d.attempt_number, d.response_status_code,
        d.error_message, d.error_type, d.started_at, d.completed_at, d.duration_ms, d.retry_count, d.next_retry_at
        """
}

extension WebhookDelivery: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        webhookID = columns.int()
        eventType = columns.string()
        eventID = columns.string()
        status = columns.string()
        attemptNumber = columns.int()
        responseStatusCode = columns.intOrNull()
        errorMessage = columns.stringOrNull()
        errorType = columns.stringOrNull()
        startedAt = columns.timestampOrNull()
        completedAt = columns.timestampOrNull()
        durationMilliseconds = columns.intOrNull()
        retryCount = columns.int()
        nextRetryAt = columns.timestampOrNull()
    }
}

extension WebhookDelivery: JSONModel {
    static let schemaName = "WebhookDelivery"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<WebhookDelivery>) {
        object.integer("id") { $0.id }
        object.integer("webhook_id") { $0.webhookID }
        object.string("event_type") { $0.eventType }
        object.string("event_id", "Stable across attempts") { $0.eventID }
        object.string("status", values: statuses) { $0.status }
        object.integer("attempt_number", "Attempts so far") { $0.attemptNumber }
        object.integer("response_status_code", nullable: true) { $0.responseStatusCode }
        object.string("error_message", nullable: true) { $0.errorMessage }
        object.string("error_type", nullable: true) { $0.errorType }
        object.instant("started_at", nullable: true) { $0.startedAt }
        object.instant("completed_at", nullable: true) { $0.completedAt }
        object.integer("duration_ms", nullable: true) { $0.durationMilliseconds }
        object.integer("retry_count") { $0.retryCount }
        object.instant("next_retry_at", nullable: true) { $0.nextRetryAt }
    }
}

/// A delivery with the body that is sent.
struct WebhookDeliveryWithPayload: JSONModel {
    let delivery: WebhookDelivery
    /// JSON text of an object.
    let payload: String

    static let schemaName = "WebhookDeliveryWithPayload"

    static func describe(_ object: inout some MemberVisitor<WebhookDeliveryWithPayload>) {
        var members = ForwardedMembers(visitor: object)
        WebhookDelivery.describe(&members)
        object = members.visitor
        object.rawObject("payload", "The body that is sent") { $0.payload }
    }
}

/// Hands a delivery's members on to a visitor of its wrapper.
private struct ForwardedMembers<Visitor: MemberVisitor<WebhookDeliveryWithPayload>>: MemberVisitor {
    typealias Model = WebhookDelivery
    var visitor: Visitor

    mutating func member(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ write: (WebhookDelivery, inout JSONWriter) -> Void
    ) {
        visitor.member(name, schema()) { model, json in write(model.delivery, &json) }
    }
}
