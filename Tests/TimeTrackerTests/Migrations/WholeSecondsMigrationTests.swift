import Postgres
import Testing

@testable import TimeTracker

/// Migration 12: what is stored is cut to whole seconds.
struct WholeSecondsMigrationTests {
    @Test func storedTimesAreCut() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await Migrator(db: db, migrations: Migrator.embedded.filter { $0.version < 12 }).migrate()
            for sql in [
                "insert into users (username) values ('maria')", "insert into clients (name) values ('Acme')",
                "insert into projects (name, client_id) values ('Site', 1)",
                "insert into tasks (name, project_id, created_by, priority) values ('Home', 1, 1, 4)",
                """
                insert into time_entries (project_id, user_id, start_time, end_time, duration_seconds, break_seconds, paused_at)
                values
                    -- Cut they are two seconds apart instead of one.
                    (1, 1, '2024-01-15 09:00:00.9Z', '2024-01-15 09:00:02.1Z', 1, 0, null),
                    (1, 1, '2024-01-15 09:00:00.9Z', '2024-01-15 09:00:12.1Z', 8, 3, null),
                    -- Within a second.
                    (1, 1, '2024-01-15 10:00:00.2Z', '2024-01-15 10:00:00.8Z', 0, 0, null),
                    -- A rounded duration, and one that an import has given.
                    (1, 1, '2024-01-15 11:00:00.9Z', '2024-01-15 11:07:31.1Z', 900, 0, null),
                    (1, 1, '2024-01-15 12:00:00.5Z', '2024-01-15 13:00:00.25Z', 3333, 0, null),
                    -- Whole already.
                    (1, 1, '2024-01-15 14:00:00Z', '2024-01-15 15:00:00Z', 3600, 0, null),
                    (1, 1, '2024-01-15 16:00:00.123456Z', null, null, 0, '2024-01-15 16:30:00.654321Z'),
                    -- Longer than a duration can be.
                    (1, 1, '0001-01-01 00:00:00.9Z', '9999-01-01 00:00:00.1Z', 2147483647, 0, null)
                """,
            ] {
                _ = try await db.execute(Statement(sql))
            }
            _ = try await Migrator(db: db).migrate()
            let fractions = """
                select count(*) from time_entries where extract(microseconds from start_time)::bigint % 1000000 <> 0
                    or extract(microseconds from end_time)::bigint % 1000000 <> 0
                    or extract(microseconds from paused_at)::bigint % 1000000 <> 0
                """
            #expect(try await db.integer(fractions) == 0)
            let durations = try await db.execute(Statement("select duration_seconds from time_entries order by id"))
            #expect(durations.map { $0.intOrNull(0) } == [2, 9, 0, 900, 3333, 3600, nil, 2_147_483_647])
            #expect(
                try await db.integer("select count(*) from time_entries where end_time = start_time") == 1)
            #expect(
                try await db.integer("select sum(seconds)::bigint from entry_totals where kind = 'p'")
                    == db.integer("select sum(duration_seconds) from time_entries"))
            // Nobody knows any more how it was written; words are what clients without a choice write.
            #expect(
                try await db.integer("select count(*) from tasks where priority = 4 and not priority_is_number") == 1)
        }
    }
}
