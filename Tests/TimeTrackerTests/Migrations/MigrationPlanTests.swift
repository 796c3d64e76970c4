import Postgres
import Synchronization
import Testing

@testable import TimeTracker

/// What `migrate --dry-run` says, migrations in batches, and tables that somebody else uses.
struct MigrationPlanTests {
    private static let base = Migrator.Migration(
        version: 1, name: "base",
        sql: "create table a (id int primary key, x int); create table b (id int); create table c (id int);")

    @Test func thePlanSaysWhatEachMigrationLocks() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db, migrations: [Self.base]).migrate()
            _ = try await db.execute(Statement("insert into a select n, n from generate_series(1, 1000) n"))
            _ = try await db.execute(Statement("analyze a"))
            let later = [
                Migrator.Migration(version: 2, name: "column", sql: "alter table a add column y int"),
                Migrator.Migration(version: 3, name: "rewrite", sql: "alter table a alter column x type bigint"),
                Migrator.Migration(version: 4, name: "index", sql: "create index on a (x); create index on b (id)"),
                Migrator.Migration(version: 5, name: "new", sql: "create table d (id int)"),
                Migrator.Migration(
                    version: 6, name: "fill", sql: "-- batched\nupdate a set y = 1 where y is null returning 1"),
            ]
            let migrator = Migrator(db: db, migrations: [Self.base] + later)
            let plan = try await migrator.plan()
            #expect(plan.steps.map(\.version) == [2, 3, 4, 5, 6])
            #expect(plan.steps.map(\.isBatched) == [false, false, false, false, true])
            let column = try #require(plan.steps[0].tables.first)
            #expect(column.name == "a" && column.lock == "ACCESS EXCLUSIVE" && !column.isRewritten)
            #expect(column.rows == 1000 && column.bytes > 8192)
            #expect(plan.steps[1].tables.map(\.isRewritten) == [true])
            #expect(plan.steps[1].tables[0].consequence == "reads and writes wait")
            #expect(plan.steps[2].tables.map(\.name) == ["a", "b"])
            #expect(plan.steps[2].tables.allSatisfy { $0.lock == "SHARE" && $0.consequence == "writes wait" })
            #expect(plan.steps[3].tables.isEmpty)
            #expect(plan.steps[4].tables.map(\.consequence) == ["nobody waits"])
            // Nothing has happened.
            #expect(try await migrator.pending().map(\.version) == [2, 3, 4, 5, 6])
            #expect(try await db.integer("select count(*) from pg_namespace where nspname like 'timetracker%'") == 0)
            #expect(try await migrator.migrate().count == 5)
            #expect(try await migrator.plan().steps.isEmpty)
        }
    }

    /// From each schema that a release has had to the newest.
    @Test func realMigrationsCanBePlanned() async throws {
        try await ScratchDatabase.with { db async throws in
            #expect(try await Migrator(db: db).plan().steps.count == Migrator.embedded.count)
            for count in [11, 14] {
                _ = try await Migrator(db: db, migrations: Array(Migrator.embedded.prefix(count))).migrate()
                let plan = try await Migrator(db: db).plan()
                #expect(plan.steps.map(\.version) == Migrator.embedded.dropFirst(count).map(\.version))
            }
        }
    }

    @Test func rowsAreChangedInBatchesWhileOthersUseTheTable() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db, migrations: [Self.base]).migrate()
            _ = try await db.execute(Statement("insert into a select n, 0 from generate_series(1, 250) n"))
            let batched = Migrator.Migration(
                version: 2, name: "fill",
                sql: """
                    -- batched
                    update a set x = id where id in (select id from a where x = 0 order by id limit 100 for update)
                    """)
            let steps = Mutex<[Int]>([])
            let applied = try await Migrator(db: db, migrations: [Self.base, batched]).migrate { event in
                guard case .changed(_, let rows) = event else { return }
                steps.withLock { $0.append(rows) }
            }
            #expect(applied.map(\.version) == [2])
            #expect(steps.withLock { $0 } == [100, 200, 250])
            #expect(try await db.integer("select count(*) from a where x = id") == 250)
            #expect(try await db.integer("select max(version) from schema_migrations") == 2)
        }
    }

    /// Whoever waits for a table to himself keeps all others out: the migration gives up quickly, and tries again.
    @Test func aMigrationThatHasToWaitLetsOthersGoFirst() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db, migrations: [Self.base]).migrate()
            let change = Migrator.Migration(version: 2, name: "column", sql: "alter table a add column y int")
            let isHeld = Mutex(false)
            let mayGo = Mutex(false)
            let holder = Task {
                try await db.transaction { tx in
                    _ = try await tx.query(Statement("select * from a"))
                    isHeld.withLock { $0 = true }
                    while !mayGo.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
                }
            }
            while !isHeld.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            let waits = Mutex(0)
            let applied = try await Migrator(db: db, migrations: [Self.base, change]).migrate { event in
                guard case .waiting = event else { return }
                waits.withLock { $0 += 1 }
                mayGo.withLock { $0 = true }
            }
            #expect(applied.map(\.version) == [2] && waits.withLock { $0 } == 1)
            try await holder.value
        }
    }
}
