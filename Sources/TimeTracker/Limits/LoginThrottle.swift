import Observability
import Redis

/// Five sign-in attempts a minute for each client address (contract 00 §9b).
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
    /// - Returns: seconds to wait when it is refused; nil when it may go on.
    func refuses(_ address: String) async -> Int? {
        // One spelling for each address, so that `::1` and `0:0:0:0:0:0:0:1` share their attempts.
        let name = IPAddress(address).map { $0.bytes.map(String.init).joined(separator: ".") } ?? address
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
