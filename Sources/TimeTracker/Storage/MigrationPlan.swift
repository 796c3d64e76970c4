import Postgres

/// What the pending migrations would lock, and for whom that means waiting.
///
/// It is not read from their text but seen: they are applied to an empty copy of the schema beside the real one, in which
/// PostgreSQL tells what each of them holds. The real tables are only asked for their size.
public struct MigrationPlan: Sendable {
    /// A table that exists already and that a migration touches.
    public struct Table: Sendable, Equatable {
        public let name: String
        /// As the PostgreSQL manual names it ("Explicit Locking"): the strongest that is held.
        public let lock: String
        /// All its rows are written anew, which takes time in proportion to them.
        public let isRewritten: Bool
        /// Of the real table, as its statistics have it.
        public let rows: Int64
        public let bytes: Int64

        /// For whom the lock means waiting.
        public var consequence: String {
            switch lock {
            case "ACCESS EXCLUSIVE": "reads and writes wait"
            case "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE": "writes wait"
            default: "nobody waits"
            }
        }
    }

    public struct Step: Sendable {
        public let version: Int
        public let name: String
        /// In batches of its own transactions, while everything goes on.
        public let isBatched: Bool
        public let tables: [Table]
    }

    public let steps: [Step]
}

extension Migrator {
    private static let schema = "timetracker_migration_plan"

    /// What ``migrate(report:)`` would do. Leaves nothing behind, but needs the right to make a schema.
    /// - Throws: ``Failure``, ``PostgresError``.
    public func plan() async throws -> MigrationPlan {
        let pending = try await pending()
        guard !pending.isEmpty else { return MigrationPlan(steps: []) }
        try await dropCopy()
        let outcome: Result<MigrationPlan, any Error>
        do { outcome = .success(try await rehearse(pending)) } catch { outcome = .failure(error) }
        try await dropCopy()
        return try outcome.get()
    }

    private func rehearse(_ pending: [Migration]) async throws -> MigrationPlan {
        try await db.transaction { tx in try await tx.script("create schema \(Self.schema)") }
        let known = Set(pending.map(\.version))
        try await inCopy { tx in
            for migration in migrations where !known.contains(migration.version) { try await tx.script(migration.sql) }
        }
        var steps: [MigrationPlan.Step] = []
        for migration in pending {
            let tables = try await inCopy { tx in
                let files = try await Self.files(tx)
                try await tx.script(migration.sql)
                return try await Self.touched(tx, before: files)
            }
            steps.append(
                .init(
                    version: migration.version, name: migration.name, isBatched: migration.isBatched,
                    tables: try await sized(tables)))
        }
        return MigrationPlan(steps: steps)
    }

    /// Names without a schema mean the copy's objects there; what only the real schema has, such as extensions, is found too.
    private func inCopy<Result: Sendable>(
        _ body: @Sendable (PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await db.transaction { tx in
            let path = "set_config('search_path', $1 || ', ' || current_setting('search_path'), true)"
            try await tx.query(Statement("select \(path)", [.text(Self.schema)])).discard()
            return try await body(tx)
        }
    }

    private func dropCopy() async throws {
        try await db.transaction { tx in try await tx.script("drop schema if exists \(Self.schema) cascade") }
    }

    /// The files of the copy's tables: a table that is written anew gets another one.
    private static func files(_ tx: PostgresTransaction) async throws -> [String: Int64] {
        let rows = try await tx.query(
            Statement(
                """
                select relname::text, pg_relation_filenode(oid)::bigint from pg_class
                where relnamespace = $1::regnamespace and relkind = 'r'
                """, [.text(schema)]))
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.string(0), $0.int(1)) })
    }

    private struct Touched: Sendable {
        let name: String
        let lock: String
        let isRewritten: Bool
    }

    /// Weakest first; reading and writing rows hold the first three, which are in nobody's way.
    private static let levels = [
        "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
        "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
    ]

    private static func touched(_ tx: PostgresTransaction, before: [String: Int64]) async throws -> [Touched] {
        let after = try await files(tx)
        let rows = try await tx.query(
            Statement(
                """
                select c.relname::text, l.mode from pg_locks l join pg_class c on c.oid = l.relation
                where l.pid = pg_backend_pid() and l.locktype = 'relation'
                  and l.database = (select oid from pg_database where datname = current_database())
                  and c.relnamespace = $1::regnamespace and c.relkind = 'r'
                """, [.text(schema)]))
        var strongest: [String: Int] = [:]
        for row in rows {
            let level = levels.firstIndex(of: row.string(1)) ?? 0
            strongest[row.string(0)] = max(strongest[row.string(0)] ?? 0, level)
        }
        return strongest.filter { before[$0.key] != nil }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            Touched(name: $0.key, lock: words(levels[$0.value]), isRewritten: before[$0.key] != after[$0.key])
        }
    }

    /// `ShareRowExclusiveLock` as SQL and the manual write it.
    private static func words(_ mode: String) -> String {
        var text = ""
        for letter in mode.dropLast(4) {
            if letter.isUppercase, !text.isEmpty { text += " " }
            text += letter.uppercased()
        }
        return text
    }

    private func sized(_ tables: [Touched]) async throws -> [MigrationPlan.Table] {
        var sized: [MigrationPlan.Table] = []
        for table in tables {
            let row = try await db.query(
                Statement(
                    """
                    select greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) from pg_class
                    where oid = to_regclass($1)
                    """, [.text(table.name)])
            ).first
            sized.append(
                .init(
                    name: table.name, lock: table.lock, isRewritten: table.isRewritten, rows: row?.int(0) ?? 0,
                    bytes: row?.int(1) ?? 0))
        }
        return sized
    }
}
