import Postgres
import Synchronization

/// Reads the settings row at most once a second, and anew once it is told that it changed.
public final class SettingsStore: Sendable {
    private struct Cached {
        var settings: Settings
        var readAt: UInt64
        /// The value of ``changes`` before it was read.
        var changes: UInt64
    }

    private let db: PostgresClient
    /// Nanoseconds.
    private let lifetime: UInt64
    private let cached = Mutex<Cached?>(nil)
    /// By the value of ``changes``: who has been told of a change isn't given what was asked for before.
    private let lookups = SharedLookup<UInt64, Settings>()
    /// How often ``changed()`` was called.
    private let changes = Atomic<UInt64>(0)

    public convenience init(db: PostgresClient) {
        self.init(db: db, lifetime: .seconds(1))
    }

    /// - Parameter lifetime: how long settings are good if nobody tells of a change.
    init(db: PostgresClient, lifetime: Duration) {
        self.db = db
        self.lifetime = UInt64(max(lifetime / .nanoseconds(1), 0))
    }

    /// The settings as of at most a second ago.
    /// - Throws: ``PostgresError`` when they are older and can't be read; ``RowDecodingError``.
    public func current() async throws -> Settings {
        if let known { return known }
        let now = WallClock.monotonic()
        let changes = changes.load(ordering: .acquiring)
        // Until the setup is complete every request looks, so that its completion is seen by all workers at once.
        guard let cached = cached.withLock({ $0 }), cached.settings.setupCompleted, cached.changes == changes else {
            return try await read(now, changes)
        }
        if now - cached.readAt < lifetime { return cached.settings }
        return try await lookups.value(changes) { try await read(now, changes) }
    }

    private func read(_ now: UInt64, _ changes: UInt64) async throws -> Settings {
        let settings = try await db.query(Settings.select).first.map { try Settings($0) } ?? .defaults
        cached.withLock { $0 = Cached(settings: settings, readAt: now, changes: changes) }
        return settings
    }

    /// The settings, if they have been read within the last second: for the way of a request, on which an asynchronous call
    /// that has nothing to wait for costs more than what it does.
    var known: Settings? {
        let changes = changes.load(ordering: .acquiring)
        return cached.withLock { cached in
            // Until the setup is complete every request looks, so that its completion is seen by all workers at once.
            guard let cached, cached.settings.setupCompleted, cached.changes == changes,
                WallClock.monotonic() - cached.readAt < lifetime
            else { return nil }
            return cached.settings
        }
    }

    /// To be called when the row may have changed; the next reader looks. Any thread.
    func changed() {
        changes.add(1, ordering: .acquiringAndReleasing)
    }

    /// Like ``current()``, but falls back to the last known settings, or the defaults, when the database is away.
    public func latest() async -> Settings {
        (try? await current()) ?? lastKnown
    }

    /// Whatever was read last, or the defaults.
    var lastKnown: Settings { cached.withLock { $0?.settings } ?? .defaults }
}
