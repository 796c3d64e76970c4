import Redis

/// Keeps value dashboards in Redis for ten minutes (behaviour.md §7.4); without Redis each is computed anew.
///
/// A dashboard computed while its user's entries change must not be kept: it carries the two revisions (the user's and
/// the installation's) that were current before it was computed, and counts only while they still are. It is also good
/// only for the version of the settings that it was computed with.
struct ValueDashboardCache: Sendable {
    private static let lifetime = "600"

    let redis: RedisClient?
    let keyPrefix: String
    let figures: KeptFigures

    /// JSON text of the dashboard.
    ///
    /// - Parameters:
    ///   - today: the local date, days since 2000-01-01.
    ///   - settings: what `compute` goes by.
    func text(
        userID: Int64, today: Int32, settings: Settings, _ compute: () async throws -> ValueDashboard
    ) async throws -> String {
        let key = Self.key(keyPrefix, userID, today)
        let (revision, kept) = await read(key, userID, settings)
        if let kept, let revision, kept.hasPrefix(revision) {
            return String(kept.dropFirst(revision.count))
        }
        let dashboard = try await compute()
        var json = JSONWriter(capacity: 1024)
        dashboard.write(to: &json)
        let body = json.text
        if let revision { redis?.post(.init(["SET", key, revision + body, "EX", Self.lifetime])) }
        return body
    }

    /// The revision that counts now, and what is kept. Nil revision = Redis is away.
    private func read(_ key: String, _ userID: Int64, _ settings: Settings) async -> (revision: String?, kept: String?)
    {
        let names = [key] + figures.revisions(userID: userID)
        guard let redis, redis.isAvailable, let replies = try? await redis.pipeline(names.map { .init(["GET", $0]) })
        else { return (nil, nil) }
        var texts: [String?] = []
        for reply in replies {
            switch reply {
            case .success(.string(let bytes)): texts.append(String(decoding: bytes, as: UTF8.self))
            case .success: texts.append(nil)
            case .failure: return (nil, nil)
            }
        }
        return ("\(texts[1] ?? "-") \(texts[2] ?? "-") \(settings.version) ", texts[0])
    }

    static func key(_ prefix: String, _ userID: Int64, _ today: Int32) -> String {
        let date = InstantFormat.text(Int64(today) * InstantFormat.microsecondsPerDay).prefix(10)
        return "\(prefix)value_dashboard:{\(userID)}:\(date)"
    }
}
