import Observability
import Redis
import Synchronization

/// Counts each token's requests in sliding minute and hour windows, exactly, over all workers and hosts.
///
/// Redis keeps the windows. Without Redis, the workers of this host count together in shared memory, so that N workers
/// don't admit N times the limit; it neither fails open nor closed.
final class RateLimiter: Sendable {
    /// Tokens remembered at once.
    private static let capacity = 10_000

    private let redis: RedisClient?
    private let metrics: ServiceMetrics
    private let fallback: FallbackLimitTable?
    let limitPerMinute: Int
    let limitPerHour: Int
    private let keyPrefix: String
    private let arguments: [String]
    /// Of each token: the command never changes, and making it costs more than sending it.
    private let claims = Mutex<[Int64: RedisScript.Invocation]>([:])
    /// Refused tokens until they may come back. The log can't empty earlier, so a worker answers for Redis until then.
    private let refusals = Mutex<[Int64: (decision: RateLimitDecision, until: UInt64)]>([:])

    init(
        redis: RedisClient?, fallback: FallbackLimitTable?, limitPerMinute: Int, limitPerHour: Int, keyPrefix: String,
        metrics: ServiceMetrics
    ) {
        self.redis = redis
        self.metrics = metrics
        self.fallback = fallback
        self.limitPerMinute = limitPerMinute
        self.limitPerHour = limitPerHour
        self.keyPrefix = keyPrefix
        self.arguments = [String(limitPerMinute), "60000", String(limitPerHour), "3600000"]
    }

    /// Claims one request; `extra` rides in the same trip to Redis.
    func check(tokenID: Int64, with extra: RedisCommand?) async -> (RateLimitDecision, RedisReply?) {
        let now = WallClock.monotonic()
        if let refusal = refusals.withLock({ $0.isEmpty ? nil : $0[tokenID] }), refusal.until > now {
            metrics.limited(.memory, isAllowed: false)
            return (Self.renewed(refusal.decision, waitNanoseconds: refusal.until - now), nil)
        }
        guard let redis, redis.isAvailable else { return (countHere(tokenID), nil) }
        let claim = claim(of: tokenID)
        do {
            let reply: RedisReply
            var extraReply: RedisReply?
            if let extra {
                (reply, extraReply) = try await redis.evaluate(claim, with: extra)
            } else {
                reply = try await redis.evaluate(claim)
            }
            guard let numbers = SlidingLogScript.decode(reply), numbers.count == 7 else {
                return (countHere(tokenID), nil)
            }
            let decision = decision(numbers)
            metrics.limited(.redis, isAllowed: decision.isAllowed)
            if !decision.isAllowed { remember(decision, tokenID, waitMilliseconds: numbers[6], now: now) }
            return (decision, extraReply)
        } catch {
            return (countHere(tokenID), nil)
        }
    }

    private func claim(of tokenID: Int64) -> RedisScript.Invocation {
        claims.withLock { claims in
            if let claim = claims[tokenID] { return claim }
            if claims.count >= Self.capacity { claims.removeAll(keepingCapacity: true) }
            let keys = ["\(keyPrefix)rl:{\(tokenID)}:minute", "\(keyPrefix)rl:{\(tokenID)}:hour"]
            let claim = SlidingLogScript.script.invocation(keys: keys, arguments: arguments)
            claims[tokenID] = claim
            return claim
        }
    }

    private func decision(_ numbers: [Int64]) -> RateLimitDecision {
        let now = numbers[1]
        func window(_ limit: Int, _ length: Int, used: Int64, age: Int64) -> RateLimitDecision.Window {
            let reset = age < 0 ? Int64(length) * 1000 : Int64(length) * 1000 - age
            // Rounded up on the Unix scale, as the client will compare it with its own clock.
            let resetsAt = (now + reset + 999) / 1000
            return .init(
                limit: limit, length: length, remaining: max(0, limit - Int(used)),
                resetsIn: max(1, Int(resetsAt - now / 1000)))
        }
        return RateLimitDecision(
            isAllowed: numbers[0] == 1, minute: window(limitPerMinute, 60, used: numbers[2], age: numbers[3]),
            hour: window(limitPerHour, 3600, used: numbers[4], age: numbers[5]), now: Int(now / 1000),
            retryAfter: max(1, Int((numbers[6] + 999) / 1000)))
    }

    private func remember(_ decision: RateLimitDecision, _ tokenID: Int64, waitMilliseconds: Int64, now: UInt64) {
        refusals.withLock { refusals in
            if refusals.count >= Self.capacity { refusals.removeAll(keepingCapacity: true) }
            refusals[tokenID] = (decision, now + UInt64(max(0, waitMilliseconds)) * 1_000_000)
        }
    }

    /// The same refusal a little later.
    private static func renewed(_ old: RateLimitDecision, waitNanoseconds: UInt64) -> RateLimitDecision {
        let now = WallClock.unixSeconds()
        let passed = max(0, now - old.now)
        func later(_ window: RateLimitDecision.Window) -> RateLimitDecision.Window {
            .init(
                limit: window.limit, length: window.length, remaining: window.remaining,
                resetsIn: max(1, window.resetsIn - passed))
        }
        return RateLimitDecision(
            isAllowed: false, minute: later(old.minute), hour: later(old.hour), now: now,
            retryAfter: max(1, Int((waitNanoseconds + 999_999_999) / 1_000_000_000)))
    }

    private func countHere(_ tokenID: Int64) -> RateLimitDecision {
        let now = WallClock.unixSeconds()
        guard let fallback else {
            // Only a worker started by hand has no supervisor's memory; its requests are not limited by anybody else.
            return RateLimitDecision(
                isAllowed: true,
                minute: .init(limit: limitPerMinute, length: 60, remaining: limitPerMinute, resetsIn: 60),
                hour: .init(limit: limitPerHour, length: 3600, remaining: limitPerHour, resetsIn: 3600), now: now,
                retryAfter: 1)
        }
        let result = fallback.admit(
            key: Self.hash("token:\(tokenID)"), minuteLimit: limitPerMinute, hourLimit: limitPerHour,
            now: WallClock.monotonic() / 1_000_000)
        metrics.limited(.host, isAllowed: result.isAdmitted)
        return RateLimitDecision(
            isAllowed: result.isAdmitted,
            minute: .init(
                limit: limitPerMinute, length: 60, remaining: result.remainingMinute,
                resetsIn: max(1, Int((result.resetMinuteMilliseconds + 999) / 1000))),
            hour: .init(
                limit: limitPerHour, length: 3600, remaining: result.remainingHour,
                resetsIn: max(1, Int((result.resetHourMilliseconds + 999) / 1000))),
            now: now, retryAfter: max(1, Int((result.waitMilliseconds + 999) / 1000)))
    }

    /// FNV-1a, 64 bits: equal in every worker, which Swift's own hashes are not.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
