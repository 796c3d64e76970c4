import Observability
import Redis

/// Slows down whoever guesses at one account's password, from however many addresses.
///
/// Attempts since the last success are counted for each account. The first ten are free; after the tenth and each one
/// that follows the account has to wait: 30 s, 1 min, 2 min, …, at most 15 min. A day without an attempt ends the count.
///
/// That alone would let anybody lock somebody out. So a device on which the account has signed in before
/// (``DeviceCookie``), and a client address from which it has done so in the last 30 days, are counted on their own: what
/// strangers do doesn't touch them, and they can't guess without end either.
///
/// A name that no account has is counted in the same way. Redis keeps the counts. Without Redis this host counts in
/// shared memory, in windows: 10 attempts a minute and 20 an hour for strangers, 10 and 100 for a known device or address,
/// which is known for an hour or two then.
final class AccountThrottle: Sendable {
    /// One attempt that was let through.
    struct Attempt: Sendable {
        fileprivate let counter: String
        fileprivate let mark: String
    }

    private static let free = 10
    /// Milliseconds.
    private static let firstWait = 30_000
    private static let longestWait = 900_000
    private static let memory = 86_400_000
    /// Seconds that an address is known.
    private static let addressMemory = 30 * 86_400

    private let redis: RedisClient?
    private let fallback: FallbackLimitTable?
    private let keyPrefix: String
    private let arguments: [String]

    init(redis: RedisClient?, fallback: FallbackLimitTable?, keyPrefix: String) {
        self.redis = redis
        self.fallback = fallback
        self.keyPrefix = keyPrefix
        arguments = [Self.free, Self.firstWait, Self.longestWait, Self.memory].map(String.init)
    }

    /// Counts an attempt before its password is looked at, so that many at once can't outrun the count.
    ///
    /// - Parameters:
    ///   - name: of the account, normalised; whether it exists doesn't matter.
    ///   - device: what the device is known by, if the account has signed in on it before.
    ///   - address: of the client.
    /// - Throws: ``APIError`` 429 when the account has to wait.
    func begin(_ name: String, device: String?, address: String) async throws(APIError) -> Attempt {
        let account = String(TokenHash.hex(name).prefix(32))
        let prefix = "\(keyPrefix)signin:{\(account)}:"
        let client = IPAddress.client(of: address)
        let own = device.map { "\(prefix)device:\(TokenHash.hex($0).prefix(32))" }
        let keys = [own ?? "\(prefix)strangers", own ?? "\(prefix)from:\(client)", "\(prefix)known:\(client)"]
        let wait: Int64
        let counter: String
        if let redis, redis.isAvailable,
            let reply = try? await redis.evaluate(AccountScript.script, keys: keys, arguments: arguments),
            let numbers = SlidingLogScript.decode(reply), numbers.count == 2
        {
            wait = numbers[0]
            counter = keys[numbers[1] == 1 ? 1 : 0]
        } else {
            (wait, counter) = countHere(keys, isKnownDevice: own != nil)
        }
        if wait > 0 { throw .tooManyAttempts(retryAfter: max(1, Int((wait + 999) / 1000))) }
        return Attempt(counter: counter, mark: keys[2])
    }

    /// The password was right: the count begins anew, and the address is known from now on.
    func succeeded(_ attempt: Attempt) {
        redis?.post(.init(["DEL", attempt.counter]))
        redis?.post(.init(["SET", attempt.mark, "1", "EX", String(Self.addressMemory)]))
        _ = fallback?.admit(
            key: RateLimiter.hash(attempt.mark), minuteLimit: .max, hourLimit: .max,
            now: WallClock.monotonic() / 1_000_000)
    }

    /// - Returns: milliseconds to wait, 0 = none; and the key that has been counted.
    private func countHere(_ keys: [String], isKnownDevice: Bool) -> (wait: Int64, counter: String) {
        guard let fallback else { return (0, keys[0]) }
        let now = WallClock.monotonic() / 1_000_000
        let isKnown = isKnownDevice || fallback.hourCount(key: RateLimiter.hash(keys[2]), now: now) > 0
        let counter = keys[isKnown ? 1 : 0]
        let result = fallback.admit(
            key: RateLimiter.hash(counter), minuteLimit: 10, hourLimit: isKnown ? 100 : 20, now: now)
        return (result.isAdmitted ? 0 : Int64(result.waitMilliseconds), counter)
    }
}
