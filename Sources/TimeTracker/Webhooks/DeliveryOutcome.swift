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
