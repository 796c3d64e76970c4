/// An endpoint that is told of events (behaviour.md §10.1).
struct Webhook: Sendable {
    enum Method: String, CaseIterable, ColumnValue {
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
    }

    var id: ID<Webhook> = .none
    var name = ""
    var description: String?
    var url = ""
    /// Names of events, or `*`.
    var events: [String] = []
    var method = Method.post
    var contentType = "application/json"
    /// Text to text.
    var headers = JSONText.emptyObject
    var isActive = true
    var userID: ID<User> = .none
    var maxRetries: Int64 = 3
    /// Seconds.
    var retryDelay: Int64 = 60
    /// Seconds.
    var timeout: Int64 = 30
    var totalDeliveries: Int64 = 0
    var successfulDeliveries: Int64 = 0
    var failedDeliveries: Int64 = 0
    var lastDeliveryAt: Instant?
    var lastSuccessAt: Instant?
    var lastFailureAt: Instant?
    var createdAt = Instant.none
    var updatedAt = Instant.none
}

/// All but the secret.
extension Webhook: RowModel {
    static let table = "webhooks"
    static let alias = "w"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ webhook: inout Webhook) {
        row.key("id", &webhook.id)
        row.column("name", &webhook.name)
        row.column("description", &webhook.description)
        row.column("url", &webhook.url)
        row.column(
            "events", &webhook.events, read: "array(select jsonb_array_elements_text(w.events))", write: "to_jsonb")
        row.column("http_method", &webhook.method)
        row.column("content_type", &webhook.contentType)
        row.column("headers", &webhook.headers)
        row.column("is_active", &webhook.isActive)
        row.stored("user_id", &webhook.userID)
        row.column("max_retries", &webhook.maxRetries)
        row.column("retry_delay_seconds", &webhook.retryDelay)
        row.column("timeout_seconds", &webhook.timeout)
        row.stored("total_deliveries", &webhook.totalDeliveries)
        row.stored("successful_deliveries", &webhook.successfulDeliveries)
        row.stored("failed_deliveries", &webhook.failedDeliveries)
        row.stored("last_delivery_at", &webhook.lastDeliveryAt)
        row.stored("last_success_at", &webhook.lastSuccessAt)
        row.stored("last_failure_at", &webhook.lastFailureAt)
        row.stored("created_at", &webhook.createdAt)
        row.stored("updated_at", &webhook.updatedAt)
    }
}

extension Webhook: JSONModel {
    static let schemaName = "Webhook"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Webhook>) {
        object.id("id") { $0.id }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("url") { $0.url }
        object.strings("events", "Names of events, or *") { $0.events }
        object.string("http_method", values: Method.allCases.map(\.rawValue)) { $0.method.rawValue }
        object.string("content_type") { $0.contentType }
        object.rawObject("headers", "Header fields added to every request") { $0.headers }
        object.boolean("is_active") { $0.isActive }
        object.id("user_id") { $0.userID }
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

    mutating func member<Value>(
        _ name: StaticString, _ schema: @autoclosure () -> Schema, _ get: (Webhook) -> Value,
        _ write: (Value, inout JSONWriter) -> Void
    ) {
        visitor.member(name, schema(), { get($0.webhook) }, write)
    }
}
