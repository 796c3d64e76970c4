import HTTPTypes
import NIOCore

/// What became of a request's claim on its token's quota, and what the client is told (contract 00 §9b).
struct RateLimitDecision: Sendable, Equatable {
    struct Window: Sendable, Equatable {
        let limit: Int
        /// Seconds.
        let length: Int
        /// Left after this request.
        let remaining: Int
        /// Seconds until more quota becomes available, rounded up.
        let resetsIn: Int
    }

    let isAllowed: Bool
    let minute: Window
    let hour: Window
    /// Unix seconds at which the decision was made.
    let now: Int
    /// Seconds until one more request would pass; at least 1 after a refusal.
    let retryAfter: Int

    /// The window that the `X-RateLimit-*` fields describe: the one with less left; on a tie the minute.
    var tighter: Window { hour.remaining < minute.remaining ? hour : minute }

    /// `X-RateLimit-*` and the draft's `RateLimit` fields.
    func writeHeaders(to exchange: Exchange) {
        let tighter = tighter
        exchange.headerLines.writeString(
            """
            x-ratelimit-limit: \(tighter.limit)\r
            x-ratelimit-remaining: \(tighter.remaining)\r
            x-ratelimit-reset: \(now + tighter.resetsIn)\r
            ratelimit-policy: "minute";q=\(minute.limit);w=60, "hour";q=\(hour.limit);w=3600\r
            ratelimit: "minute";r=\(minute.remaining);t=\(minute.resetsIn), "hour";r=\(hour.remaining);t=\(hour.resetsIn)\r

            """)
    }
}

extension APIError {
    static func rateLimited(_ decision: RateLimitDecision) -> APIError {
        var error = APIError(
            .tooManyRequests, "rate_limited", "Rate limit exceeded",
            message: "Too many requests for this API token. Retry later.")
        error.headers = [("retry-after", String(decision.retryAfter))]
        error.extra = { json in
            json.key("limit_per_minute")
            json.value(decision.minute.limit)
            json.key("limit_per_hour")
            json.value(decision.hour.limit)
            json.key("remaining_per_minute")
            json.value(decision.minute.remaining)
            json.key("remaining_per_hour")
            json.value(decision.hour.remaining)
        }
        return error
    }
}
