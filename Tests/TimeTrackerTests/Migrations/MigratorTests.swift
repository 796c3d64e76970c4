import Foundation
import Postgres
import Testing

@testable import TimeTracker

struct MigratorTests {
    @Test func anEmptyDatabaseGetsEverythingOnce() async throws {
        try await ScratchDatabase.with { db async throws in
            let migrator = Migrator(db: db)
            #expect(try await migrator.pending().map(\.version) == Migrator.embedded.map(\.version))
            #expect(try await migrator.migrate().map(\.version) == Migrator.embedded.map(\.version))
            #expect(try await migrator.pending().isEmpty)
            #expect(try await migrator.migrate().isEmpty)
            #expect(try await db.integer("select count(*) from roles where is_system_role") == 6)
        }
    }

    /// A number may be left out: it was given to a change that has not come.
    @Test func versionsRise() {
        let versions = Migrator.embedded.map(\.version)
        #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 } && versions.first == 1)
        #expect(Set(Migrator.embedded.map(\.checksum)).count == Migrator.embedded.count)
    }

    @Test func everyFileIsEmbedded() throws {
        let folder = #filePath.replacing(/Tests\/TimeTrackerTests\/.*/) { _ in "Sources/TimeTracker/Storage/Migrations"
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let embedded = Migrator.embedded.map { "\("000\($0.version)".suffix(4))_\($0.name).sql" }
        #expect(files == embedded, "each file needs its line in Migrator.embedded")
    }

    /// As when several hosts of a release start at the same moment.
    @Test func manyAtOnceApplyEachMigrationOnce() async throws {
        try await ScratchDatabase.with { db async throws in
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<6 { group.addTask { try await Migrator(db: db).migrate().map(\.version) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == Migrator.embedded.map(\.version))
            #expect(try await db.integer("select count(*) from schema_migrations") == Int64(applied.count))
        }
    }

    @Test func aDatabaseFromTheFutureIsRefused() async throws {
        try await ScratchDatabase.with { db async throws in
            let migrator = Migrator(db: db)
            _ = try await migrator.migrate()
            _ = try await db.execute(
                Statement("insert into schema_migrations (version, name, checksum) values (999, 'later', 'x')"))
            let failure = Migrator.Failure.fromTheFuture(database: 999, known: Migrator.embedded.last?.version ?? 0)
            await #expect(throws: failure) { try await migrator.migrate() }
            await #expect(throws: failure) { try await migrator.pending() }
        }
    }

    @Test func aMigrationThatChangedAfterwardsIsRefused() async throws {
        try await ScratchDatabase.with { db async throws in
            let first = Migrator.Migration(version: 1, name: "first", sql: "create table a ()")
            _ = try await Migrator(db: db, migrations: [first]).migrate()
            let changed = Migrator.Migration(version: 1, name: "first", sql: "create table b ()")
            let second = Migrator.Migration(version: 2, name: "second", sql: "create table c ()")
            let failure = Migrator.Failure.changed(version: 1, name: "first")
            let migrator = Migrator(db: db, migrations: [changed, second])
            await #expect(throws: failure) { try await migrator.migrate() }
            await #expect(throws: failure) { try await migrator.pending() }
            #expect(try await db.integer("select (to_regclass('c') is null)::int") == 1)
        }
    }

    @Test func aFailingMigrationLeavesNothingBehind() async throws {
        try await ScratchDatabase.with { db async throws in
            let first = Migrator.Migration(version: 1, name: "first", sql: "create table a (); create table b ();")
            let broken = Migrator.Migration(version: 2, name: "second", sql: "create table c (); select 1 / 0;")
            await #expect(throws: PostgresError.self) {
                try await Migrator(db: db, migrations: [first, broken]).migrate()
            }
            #expect(try await db.integer("select max(version) from schema_migrations") == 1)
            #expect(try await db.integer("select (to_regclass('c') is null)::int") == 1)

            let mended = Migrator.Migration(version: 2, name: "second", sql: "create table c ();")
            #expect(try await Migrator(db: db, migrations: [first, mended]).migrate().map(\.version) == [2])
        }
    }
}
