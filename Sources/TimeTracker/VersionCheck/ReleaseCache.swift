import Redis
import Synchronization

/// What has been learned of the newest release: fresh, stale, or that asking failed. In Redis, else in this process.
final class ReleaseCache: Sendable {
    enum Kind: String, Sendable {
        case fresh = "github"
        case stale = "github_stale"
        case failed = "github_failed"
    }

    private struct Entry {
        let text: String
        let expires: UInt64
    }

    private let redis: RedisClient?
    private let prefix: String
    private let name: String
    private let memory = Mutex<[Kind: Entry]>([:])

    /// - Parameter repository: `owner/name`.
    init(redis: RedisClient?, keyPrefix: String, repository: String) {
        self.redis = redis
        prefix = keyPrefix
        name = repository.replacing("/", with: ":")
    }

    private func key(_ kind: Kind) -> String { "\(prefix)version_check:\(kind.rawValue):\(name)" }

    func text(_ kind: Kind) async -> String? {
        if let redis, redis.isAvailable, let reply = try? await redis.send(.init(["GET", key(kind)])) {
            if case .string(let bytes) = reply { return String(decoding: bytes, as: UTF8.self) }
            // What was learned while Redis was away still counts.
        }
        let entry = memory.withLock { $0[kind] }
        return entry.flatMap { $0.expires > WallClock.monotonic() ? $0.text : nil }
    }

    func release(_ kind: Kind) async -> Release? {
        guard let text = await text(kind), let json = try? JSONValue.parse(text) else { return nil }
        return Release(cached: json)
    }

    func set(_ kind: Kind, _ text: String, seconds: Int) async {
        if let redis, redis.isAvailable,
            (try? await redis.send(.init(["SET", key(kind), text, "EX", String(seconds)]))) != nil
        {
            memory.withLock { $0[kind] = nil }
            return
        }
        let entry = Entry(text: text, expires: WallClock.monotonic() + UInt64(seconds) * 1_000_000_000)
        memory.withLock { $0[kind] = entry }
    }
}
