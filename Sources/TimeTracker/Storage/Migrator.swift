import Cryptography
import Postgres

/// Brings the database's schema up to date: numbered SQL files, each in a transaction of its own.
///
/// A file that begins with `-- batched` is one statement that changes some thousand rows and is repeated, each time in a
/// transaction of its own, until it finds none: rows of a large table are changed so while the server is used.
///
/// Safe from many hosts at once: an advisory lock lets one migrate while the others wait and then find nothing to do.
public struct Migrator: Sendable {
    public struct Migration: Sendable {
        public let version: Int
        public let name: String
        let sql: String
        var checksum: String { SHA256.hash(sql).hex }
        public var isBatched: Bool { sql.hasPrefix("-- batched") }
    }

    public enum Failure: Error, CustomStringConvertible, Equatable {
        /// The database has been migrated by a newer release.
        case fromTheFuture(database: Int, known: Int)
        /// An applied migration is not the one this release knows.
        case changed(version: Int, name: String)

        public var description: String {
            switch self {
            case .fromTheFuture(let database, let known):
                "the database is at schema version \(database), but this release knows only \(known); run a newer release"
            case .changed(let version, let name):
                "migration \(version) (\(name)) was applied in another form than this release has; is this its database?"
            }
        }
    }

    private static let lock = Statement("select pg_advisory_xact_lock(hashtextextended('timetracker migrations', 0))")

    /// How long a migration waits for a table, and how often it tries again: two minutes in all.
    private static let lockWait = "2s"
    private static let lockAttempts = 48

    let db: PostgresClient
    let migrations: [Migration]

    public init(db: PostgresClient) {
        self.init(db: db, migrations: Self.embedded)
    }

    init(db: PostgresClient, migrations: [Migration]) {
        self.db = db
        self.migrations = migrations
    }

    /// What ``migrate(report:)`` tells while it works.
    public enum Event: Sendable {
        case applying(Migration)
        /// Rows that a batched migration has changed so far.
        case changed(Migration, rows: Int)
        /// Somebody uses a table that it needs for itself; it is tried again.
        case waiting(Migration, reason: String)
        case applied(Migration, seconds: Double)
    }

    /// Applies what is missing, in order.
    /// - Returns: what this call applied.
    /// - Throws: ``Failure``, ``PostgresError``.
    public func migrate(report: @Sendable (Event) -> Void = { _ in }) async throws -> [Migration] {
        try await prepare()
        var applied: [Migration] = []
        for migration in migrations {
            let start = ContinuousClock.now
            guard try await applyPatiently(migration, report) else { continue }
            applied.append(migration)
            let duration = (ContinuousClock.now - start).components
            report(.applied(migration, seconds: Double(duration.seconds) + Double(duration.attoseconds) / 1e18))
        }
        return applied
    }

    /// Who waits for a table keeps everybody out who comes later, so it waits shortly, and lets them go in between.
    private func applyPatiently(_ migration: Migration, _ report: @Sendable (Event) -> Void) async throws -> Bool {
        var attempts = 0
        while true {
            do {
                return migration.isBatched
                    ? try await applyInBatches(migration, report) : try await apply(migration, report)
            } catch let error as PostgresError where error.code == .lockTimeout && attempts < Self.lockAttempts {
                attempts += 1
                report(.waiting(migration, reason: error.message))
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Versions that are still to be applied.
    /// - Throws: ``Failure`` for a database that this release must not touch.
    public func pending() async throws -> [Migration] {
        let exists = Statement("select to_regclass('schema_migrations') is not null")
        guard try await db.query(exists).first?.bool(0) == true else { return migrations }
        let applied = try await db.query(Self.select).map { (Int($0.int(0)), $0.string(1)) }
        try check(applied)
        return migrations.filter { migration in !applied.contains { $0.0 == migration.version } }
    }

    private static let select = Statement("select version, checksum from schema_migrations order by version")

    private func prepare() async throws {
        try await db.transaction { tx in
            try await tx.query(Statement("set local lock_timeout = '120s'")).discard()
            try await tx.query(Self.lock).discard()
            try await tx.query(
                Statement(
                    """
                    create table if not exists schema_migrations (
                        version int primary key, name text not null, checksum text not null,
                        applied_at timestamptz not null default now())
                    """)
            ).discard()
        }
    }

    private func apply(_ migration: Migration, _ report: @Sendable (Event) -> Void) async throws -> Bool {
        try await db.transaction { tx in
            guard try await begin(migration, tx) else { return false }
            report(.applying(migration))
            try await tx.script(migration.sql)
            try await record(migration, tx)
            return true
        }
    }

    private func applyInBatches(_ migration: Migration, _ report: @Sendable (Event) -> Void) async throws -> Bool {
        var rows = 0
        while true {
            let changed = try await db.transaction { tx -> Int? in
                guard try await begin(migration, tx) else { return nil }
                let changed = try await tx.query(Statement(migration.sql)).affected
                if changed == 0 { try await record(migration, tx) }
                return changed
            }
            guard let changed else { return false }
            guard changed > 0 else { return true }
            rows += changed
            report(.changed(migration, rows: rows))
        }
    }

    /// Takes the lock under which one host at a time migrates.
    /// - Returns: false when the migration has been applied already.
    private func begin(_ migration: Migration, _ tx: PostgresTransaction) async throws -> Bool {
        try await tx.query(Statement("set local lock_timeout = '120s'")).discard()
        try await tx.query(Statement("set local statement_timeout = 0")).discard()
        try await tx.query(Self.lock).discard()
        let applied = try await tx.query(Self.select).map { (Int($0.int(0)), $0.string(1)) }
        try check(applied)
        guard !applied.contains(where: { $0.0 == migration.version }) else { return false }
        try await tx.query(Statement("set local lock_timeout = '\(Self.lockWait)'")).discard()
        return true
    }

    private func record(_ migration: Migration, _ tx: PostgresTransaction) async throws {
        try await tx.query(
            Statement(
                "insert into schema_migrations (version, name, checksum) values ($1, $2, $3)",
                [.int(Int64(migration.version)), .text(migration.name), .text(migration.checksum)])
        ).discard()
    }

    private func check(_ applied: [(version: Int, checksum: String)]) throws {
        let known = migrations.last?.version ?? 0
        if let newest = applied.last, newest.version > known {
            throw Failure.fromTheFuture(database: newest.version, known: known)
        }
        for (version, checksum) in applied {
            if let migration = migrations.first(where: { $0.version == version }), migration.checksum != checksum {
                throw Failure.changed(version: version, name: migration.name)
            }
        }
    }
}

extension Rows {
    /// For statements that are run for their effect.
    func discard() {}
}

extension Migrator {
    /// The SQL files of `Storage/Migrations`, in order.
    static let embedded: [Migration] = [
        embed(1, "users", PackageResources._001_users_sql),
        embed(2, "tokens", PackageResources._002_tokens_sql),
        embed(3, "clients_projects_tasks", PackageResources._003_clients_projects_tasks_sql),
        embed(4, "time_entries", PackageResources._004_time_entries_sql),
        embed(5, "settings_activities", PackageResources._005_settings_activities_sql),
        embed(6, "inventory", PackageResources._006_inventory_sql),
        embed(7, "quotes", PackageResources._007_quotes_sql),
        embed(8, "webhooks", PackageResources._008_webhooks_sql),
        embed(9, "webhook_delivery", PackageResources._009_webhook_delivery_sql),
        embed(10, "search", PackageResources._010_search_sql),
        embed(11, "setup_code_and_kept_secrets", PackageResources._011_setup_code_and_kept_secrets_sql),
        embed(12, "whole_seconds_priority_form_idle", PackageResources._012_whole_seconds_priority_form_idle_sql),
        embed(13, "entry_filters", PackageResources._013_entry_filters_sql),
        embed(14, "names", PackageResources._014_names_sql),
        embed(15, "entry_deltas", PackageResources._015_entry_deltas_sql),
        embed(16, "idempotency_key", PackageResources._016_idempotency_key_sql),
        embed(17, "form_keys", PackageResources._017_form_keys_sql),
        embed(18, "idle_notice", PackageResources._018_idle_notice_sql),
        embed(19, "import_files", PackageResources._019_import_files_sql),
        embed(20, "entry_batches", PackageResources._020_entry_batches_sql),
        embed(21, "saved_reports", PackageResources._021_saved_reports_sql),
        embed(22, "token_uses", PackageResources._022_token_uses_sql),
        embed(24, "profile", PackageResources._024_profile_sql),
        embed(25, "short_search_lists", PackageResources._025_short_search_lists_sql),
        embed(26, "delivery_queue", PackageResources._026_delivery_queue_sql),
    ]

    private static func embed(_ version: Int, _ name: String, _ sql: [UInt8]) -> Migration {
        Migration(version: version, name: name, sql: String(decoding: sql, as: UTF8.self))
    }
}
