/// One event for one webhook, and what became of it (behaviour.md §10.1).
struct WebhookDelivery: Sendable {
    enum Status: String, CaseIterable, ColumnValue {
        case pending, success, failed, retrying
    }

    var id: ID<WebhookDelivery> = .none
    var webhookID: ID<Webhook> = .none
    var eventType = ""
    var eventID = ""
    var status = Status.pending
    var attemptNumber: Int64 = 0
    var responseStatusCode: Int64?
    var errorMessage: String?
    var errorType: String?
    var startedAt: Instant?
    var completedAt: Instant?
    var durationMilliseconds: Int64?
    var retryCount: Int64 = 0
    var nextRetryAt: Instant?
}

extension WebhookDelivery: RowProjection {
    static let table = "webhook_deliveries"
    static let alias = "d"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ delivery: inout WebhookDelivery) {
        row.column("id", &delivery.id)
        row.column("webhook_id", &delivery.webhookID)
        row.column("event_type", &delivery.eventType)
        row.column("event_id", &delivery.eventID)
        row.column("status", &delivery.status)
        row.column("attempt_number", &delivery.attemptNumber)
        row.column("response_status_code", &delivery.responseStatusCode)
        row.column("error_message", &delivery.errorMessage)
        row.column("error_type", &delivery.errorType)
        row.column("started_at", &delivery.startedAt)
        row.column("completed_at", &delivery.completedAt)
        row.column("duration_ms", &delivery.durationMilliseconds)
        row.column("retry_count", &delivery.retryCount)
        row.column("next_retry_at", &delivery.nextRetryAt)
    }
}

extension WebhookDelivery: JSONModel {
    static let schemaName = "WebhookDelivery"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<WebhookDelivery>) {
        object.id("id") { $0.id }
        object.id("webhook_id") { $0.webhookID }
        object.string("event_type") { $0.eventType }
        object.string("event_id", "Stable across attempts") { $0.eventID }
        object.string("status", values: Status.allCases.map(\.rawValue)) { $0.status.rawValue }
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
struct WebhookDeliveryWithPayload: RowProjection, JSONModel {
    var delivery = WebhookDelivery()
    /// JSON text of an object.
    var payload = ""

    static let table = WebhookDelivery.table
    static let alias = WebhookDelivery.alias
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ delivery: inout WebhookDeliveryWithPayload) {
        row.model(&delivery.delivery)
        row.column("payload", &delivery.payload)
    }

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

    mutating func member<Value>(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ get: (WebhookDelivery) -> Value,
        _ write: (Value, inout JSONWriter) -> Void
    ) {
        visitor.member(name, schema(), { get($0.delivery) }, write)
    }
}
