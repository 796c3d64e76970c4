import Postgres
import Synchronization

/// Reads the settings row at most once a second.
public final class SettingsStore: Sendable {
    private struct Cached {
        var settings: Settings
        var readAt: UInt64
    }

    private static let lifetime: UInt64 = 1_000_000_000
    private let db: PostgresClient
    private let cached = Mutex<Cached?>(nil)

    public init(db: PostgresClient) {
        self.db = db
    }

    /// The settings as of at most a second ago.
    /// - Throws: ``PostgresError`` when they are older and can't be read.
    public func current() async throws(PostgresError) -> Settings {
        let now = WallClock.monotonic()
        // Until the setup is complete every request looks, so that its completion is seen by all workers at once.
        if let cached = cached.withLock({ $0 }), now - cached.readAt < Self.lifetime, cached.settings.setupCompleted {
            return cached.settings
        }
        let settings = try await db.query(Settings.select).first.map(Settings.init) ?? .defaults
        cached.withLock { $0 = Cached(settings: settings, readAt: now) }
        return settings
    }

    /// Like ``current()``, but falls back to the last known settings, or the defaults, when the database is away.
    public func latest() async -> Settings {
        (try? await current()) ?? lastKnown
    }

    /// Whatever was read last, or the defaults.
    var lastKnown: Settings { cached.withLock { $0?.settings } ?? .defaults }
}
