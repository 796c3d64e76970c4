import Postgres

/// A delivery that this process is to send, with what its webhook says about how.
struct ClaimedDelivery: Sendable {
    let id: Int64
    /// What ``DeliveryStore`` stamped the row with.
    let claim: Int64
    let webhookID: Int64
    let eventType: String
    let eventID: String
    let payload: String
    let retryCount: Int64
    let url: String
    let method: String
    let contentType: String
    /// JSON object of text to text.
    let headers: String
    let secret: String?
    let timeoutSeconds: Int64
    let retries: RetryPolicy

    /// The columns that ``init(_:claim:)`` reads, over `webhook_deliveries d` and `webhooks w`.
    static let columns = """
        d.id, d.webhook_id, d.event_type, d.event_id, d.payload, d.retry_count, w.url, w.http_method, w.content_type,
        w.headers, w.secret, w.timeout_seconds, w.max_retries, w.retry_delay_seconds
        """

    init(_ row: Row, claim: Int64) {
        id = row.int(0)
        self.claim = claim
        webhookID = row.int(1)
        eventType = row.string(2)
        eventID = row.string(3)
        payload = row.string(4)
        retryCount = row.int(5)
        url = row.string(6)
        method = row.string(7)
        contentType = row.string(8)
        headers = row.string(9)
        secret = row.stringOrNull(10)
        timeoutSeconds = row.int(11)
        // A test tells what happened now; nobody waits for its retries.
        let isTest = eventType == EventType.test
        retries = RetryPolicy(maxRetries: isTest ? 0 : row.int(12), delaySeconds: row.int(13))
    }
}

/// What became of one attempt.
struct DeliveryOutcome: Sendable {
    /// `error_type` of behaviour.md §10.5.
    enum ErrorType: String, Sendable {
        case http = "http_error"
        case timeout
        case connection = "connection_error"
        case unknown = "unknown_error"
        case inactive = "webhook_inactive"
        case blocked = "blocked_address"
    }

    struct Failure: Error {
        let type: ErrorType
        let message: String
    }

    var statusCode: Int?
    /// At most 10,000 characters.
    var body: String?
    /// JSON object of text to text.
    var headers: String?
    /// Nil = delivered.
    var failure: Failure?
    /// Seconds that the receiver asked to be left alone.
    var retryAfter: Int64?
    var milliseconds: Int64 = 0

    /// Keeps what doesn't come from the receiver.
    mutating func dropAnswer() {
        body = nil
        headers = nil
        failure = failure.map { Failure(type: $0.type, message: "") }
    }

    static func failed(_ type: ErrorType, _ message: String) -> DeliveryOutcome {
        DeliveryOutcome(failure: Failure(type: type, message: RawText(message).prefix(codePoints: 500).unchecked))
    }
}
