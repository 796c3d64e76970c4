import Postgres
import Testing

@testable import TimeTracker

/// Migration 14: names are compared by `lower(normalize(name, nfc))`.
struct NameMigrationTests {
    @Test func namesThatBecomeTheSameAreMadeDistinct() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db, migrations: Migrator.embedded.filter { $0.version < 14 }).migrate()
            let long = String(repeating: "x", count: 198)
            for sql in [
                "insert into users (username) values (E'andre\\u0301'), ('andr\u{e9}'), ('andr\u{e9}-2')",
                "insert into clients (name) values (E'Cafe\\u0301'), ('CAF\u{c9}'), ('caf\u{e9} (2)')",
                "insert into clients (name) values ('\(long)\u{e9}'), (E'\(long)e\\u0301')",
                "insert into projects (name, client_id) values ('Site', 1), ('SITE', 1), ('site', 1), ('site', 2)",
            ] {
                _ = try await db.execute(Statement(sql))
            }
            let before = try await db.integer("select count(*) from clients")
            _ = try await Migrator(db: db).migrate()
            #expect(try await db.integer("select count(*) from clients") == before)
            let clients = try await db.execute(Statement("select name from clients order by id limit 3"))
            #expect(try await db.integer("select count(*) from clients where name = '\(long.prefix(196)) (2)'") == 1)
            #expect(clients.map { RawText($0.string(0)) } == ["Cafe\u{301}", "CAF\u{c9} (3)", "caf\u{e9} (2)"])
            let projects = try await db.execute(Statement("select name from projects order by id"))
            #expect(projects.map { $0.string(0) } == ["Site", "SITE (2)", "site (3)", "site"])
            let users = try await db.execute(Statement("select username from users order by id"))
            #expect(users.map { RawText($0.string(0)) } == ["andre\u{301}", "andr\u{e9}-3", "andr\u{e9}-2"])
            for sql in [
                "insert into clients (name) values (E'CAFE\\u0301')",
                "insert into projects (name, client_id) values ('sITE', 1)",
                "insert into users (username) values ('andr\u{e9}')",
            ] {
                let error = await #expect(throws: PostgresError.self, "\(sql)") { try await db.execute(Statement(sql)) }
                #expect(error?.code == .uniqueViolation)
            }
        }
    }
}
