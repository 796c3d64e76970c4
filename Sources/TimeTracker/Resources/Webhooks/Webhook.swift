import Postgres

/// An endpoint that is told of events (behaviour.md §10.1). Instants in µs since 2000-01-01 UTC, times in seconds.
struct Webhook: Sendable {
    var id: Int64
    var name: String
    var description: String?
    var url: String
    /// Names of events, or `*`.
    var events: [String]
    var method: String
    var contentType: String
    /// JSON object of text to text.
    var headers: String
    var isActive: Bool
    var userID: Int64
    var maxRetries: Int64
    var retryDelay: Int64
    var timeout: Int64
    var totalDeliveries: Int64
    var successfulDeliveries: Int64
    var failedDeliveries: Int64
    var lastDeliveryAt: Int64?
    var lastSuccessAt: Int64?
    var lastFailureAt: Int64?
    var createdAt: Int64
    var updatedAt: Int64

    static let methods = ["POST", "PUT", "PATCH"]

    /// The columns that ``init(_:)`` reads, over `webhooks w`. The secret is not among them.
    static let columns = """
        w.id, w.name, w.description, w.url, array(select jsonb_array_elements_text(w.events)), w.http_method,
        w.content_type, w.headers, w.is_active, w.user_id, w.max_retries, w.retry_delay_seconds, w.timeout_seconds,
        w.total_deliveries, w.successful_deliveries, w.failed_deliveries, w.last_delivery_at, w.last_success_at,
        w.last_failure_at, w.created_at, w.updated_at
        """
}

extension Webhook: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        name = columns.string()
        description = columns.stringOrNull()
        url = columns.string()
        events = columns.textArray()
        method = columns.string()
        contentType = columns.string()
        headers = columns.string()
        isActive = columns.bool()
        userID = columns.int()
        maxRetries = columns.int()
        retryDelay = columns.int()
        timeout = columns.int()
        totalDeliveries = columns.int()
        successfulDeliveries = columns.int()
        failedDeliveries = columns.int()
        lastDeliveryAt = columns.timestampOrNull()
        lastSuccessAt = columns.timestampOrNull()
        lastFailureAt = columns.timestampOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
    }
}

extension Webhook: JSONModel {
    static let schemaName = "Webhook"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Webhook>) {
        object.integer("id") { $0.id }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("url") { $0.url }
        object.strings("events", "Names of events, or *") { $0.events }
        object.string("http_method", values: methods) { $0.method }
        object.string("content_type") { $0.contentType }
        object.rawObject("headers", "Header fields added to every request") { $0.headers }
        object.boolean("is_active") { $0.isActive }
        object.integer("user_id") { $0.userID }
        object.integer("max_retries") { $0.maxRetries }
        object.integer("retry_delay_seconds", "Before the first retry; doubled for each one after it") { $0.retryDelay }
        object.integer("timeout_seconds") { $0.timeout }
        object.integer("total_deliveries", "Attempts") { $0.totalDeliveries }
        object.integer("successful_deliveries") { $0.successfulDeliveries }
        object.integer("failed_deliveries") { $0.failedDeliveries }
        object.instant("last_delivery_at", nullable: true) { $0.lastDeliveryAt }
        object.instant("last_success_at", nullable: true) { $0.lastSuccessAt }
        object.instant("last_failure_at", nullable: true) { $0.lastFailureAt }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
    }

    /// Deliveries count without anybody editing the webhook.
    var validated: Webhook? {
        var webhook = self
        webhook.totalDeliveries = 0
        webhook.successfulDeliveries = 0
        webhook.failedDeliveries = 0
        webhook.lastDeliveryAt = nil
        webhook.lastSuccessAt = nil
        webhook.lastFailureAt = nil
        return webhook
    }
}

/// A webhook with its secret: the answer to the request that made the secret, and to no other.
struct WebhookWithSecret: JSONModel {
    let webhook: Webhook
    let secret: String?

    static let schemaName = "WebhookWithSecret"

    static func describe(_ object: inout some MemberVisitor<WebhookWithSecret>) {
        var members = ForwardedMembers(visitor: object)
        Webhook.describe(&members)
        object = members.visitor
        object.string("secret", nullable: true, "Key of the signature; shown only once, null ever after") { $0.secret }
    }
}

/// Hands a webhook's members on to a visitor of its wrapper.
private struct ForwardedMembers<Visitor: MemberVisitor<WebhookWithSecret>>: MemberVisitor {
    typealias Model = Webhook
    var visitor: Visitor

    mutating func member(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ write: (Webhook, inout JSONWriter) -> Void
    ) {
        visitor.member(name, schema()) { model, json in write(model.webhook, &json) }
    }
}
