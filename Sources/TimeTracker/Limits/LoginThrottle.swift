import Observability
import Redis

/// Five sign-in attempts a minute for each client: an IPv4 address, or the /64 of an IPv6 address.
final class LoginThrottle: Sendable {
    private static let limit = 5
    private static let window = 60

    private let redis: RedisClient?
    private let fallback: FallbackLimitTable?
    private let keyPrefix: String

    init(redis: RedisClient?, fallback: FallbackLimitTable?, keyPrefix: String) {
        self.redis = redis
        self.fallback = fallback
        self.keyPrefix = keyPrefix
    }

    /// Counts an attempt.
    /// - Throws: ``APIError`` 429 when there were too many.
    func admit(_ address: String) async throws(APIError) {
        if let wait = await refuses(address) { throw .tooManyAttempts(retryAfter: wait) }
    }

    /// - Returns: seconds to wait when it is refused; nil when it may go on.
    private func refuses(_ address: String) async -> Int? {
        let name = IPAddress.client(of: address)
        if let redis, redis.isAvailable,
            let reply = try? await redis.evaluate(
                SlidingLogScript.script, keys: ["\(keyPrefix)login:{\(name)}"],
                arguments: [String(Self.limit), String(Self.window * 1000)]),
            let numbers = SlidingLogScript.decode(reply), numbers.count == 5
        {
            return numbers[0] == 1 ? nil : max(1, Int((numbers[4] + 999) / 1000))
        }
        guard let fallback else { return nil }
        let result = fallback.admit(
            key: RateLimiter.hash("login:\(name)"), minuteLimit: Self.limit, hourLimit: Self.limit * 60,
            now: WallClock.monotonic() / 1_000_000)
        return result.isAdmitted ? nil : max(1, Int((result.waitMilliseconds + 999) / 1000))
    }
}
