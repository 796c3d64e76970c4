import Postgres

/// A delivery that this process is to send, with what its webhook says about how.
struct ClaimedDelivery: RowProjection {
    var id: Int64 = 0
    /// What ``DeliveryStore`` stamped the row with.
    var claim: Int64 = 0
    var webhookID: Int64 = 0
    var eventType = ""
    var eventID = ""
    var payload = ""
    var retryCount: Int64 = 0
    var url = ""
    var method = ""
    var contentType = ""
    /// Of text to text.
    var headers = JSONText.emptyObject
    var secret: String?
    var timeoutSeconds: Int64 = 0
    private var policy = RetryPolicy(maxRetries: 0, delaySeconds: 0)

    /// A test tells what happened now; nobody waits for its retries.
    var retries: RetryPolicy {
        eventType == EventType.test ? RetryPolicy(maxRetries: 0, delaySeconds: policy.delaySeconds) : policy
    }

    static let table = "webhook_deliveries"
    static let alias = "d"
    static let selected = selectList()

    /// Over `webhook_deliveries d` and `webhooks w`.
    static func map(_ row: inout some ColumnVisitor, _ delivery: inout ClaimedDelivery) {
        row.column("id", &delivery.id)
        row.column("claimed_by", &delivery.claim)
        row.column("webhook_id", &delivery.webhookID)
        row.column("event_type", &delivery.eventType)
        row.column("event_id", &delivery.eventID)
        row.column("payload", &delivery.payload)
        row.column("retry_count", &delivery.retryCount)
        row.computed("w.url", &delivery.url)
        row.computed("w.http_method", &delivery.method)
        row.computed("w.content_type", &delivery.contentType)
        row.computed("w.headers", &delivery.headers)
        row.computed("w.secret", &delivery.secret)
        row.computed("w.timeout_seconds", &delivery.timeoutSeconds)
        row.computed("w.max_retries", &delivery.policy.maxRetries)
        row.computed("w.retry_delay_seconds", &delivery.policy.delaySeconds)
    }
}
