import NIOCore

/// What became of a request's claim on its token's quota, and what the client is told (behaviour.md §2.8).
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
        // Written piece by piece: every authenticated reply has these lines, and interpolating them costs 3 µs.
        var out = ByteWriter(capacity: 320)
        out.append(literal: "x-ratelimit-limit: ")
        out.append(decimal: tighter.limit)
        out.append(literal: "\r\nx-ratelimit-remaining: ")
        out.append(decimal: tighter.remaining)
        out.append(literal: "\r\nx-ratelimit-reset: ")
        out.append(decimal: now + tighter.resetsIn)
        out.append(literal: "\r\nratelimit-policy: \"minute\";q=")
        out.append(decimal: minute.limit)
        out.append(literal: ";w=60, \"hour\";q=")
        out.append(decimal: hour.limit)
        out.append(literal: ";w=3600\r\nratelimit: \"minute\";r=")
        out.append(decimal: minute.remaining)
        out.append(literal: ";t=")
        out.append(decimal: minute.resetsIn)
        out.append(literal: ", \"hour\";r=")
        out.append(decimal: hour.remaining)
        out.append(literal: ";t=")
        out.append(decimal: hour.resetsIn)
        out.append(literal: "\r\n")
        exchange.headerLines.append(contentsOf: out.bytes)
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
