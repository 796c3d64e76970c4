import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import TimeTracker

/// What becomes of timers whose clients fall silent.
struct IdleTimersTests {
    /// Timers of one user, by name of their notes, all running for two hours.
    private static func prepare(_ db: PostgresClient) async throws {
        _ = try await db.atomically([
            Statement("insert into settings (idle_timeout_minutes, setup_completed_at) values (30, now())"),
            Statement("insert into users (id, username, full_name) values (1, 'ann', 'Ann Example')"),
            Statement("insert into clients (id, name) values (1, 'C')"),
            Statement("insert into projects (id, name, client_id) values (1, 'Site', 1)"),
            Statement(
                "insert into webhooks (id, name, url, events, user_id) values (1, 'w', 'https://example.com', '[\"*\"]', 1)"
            ),
        ])
    }

    private static func timer(_ db: PostgresClient, _ name: String, _ columns: String, _ values: String) async throws {
        _ = try await db.execute(
            Statement(
                """
                insert into time_entries (user_id, project_id, source, notes, start_time, \(columns))
                values (1, 1, 'auto', '\(name)', date_trunc('second', now()) - interval '2 hours', \(values))
                """))
    }

    private static func ago(_ interval: String) -> String { "date_trunc('second', now()) - interval '\(interval)'" }

    /// Names of timers that meet a condition.
    private static func names(_ db: PostgresClient, _ condition: String) async throws -> [String] {
        try await db.execute(Statement("select notes from time_entries where \(condition) order by notes")).map {
            $0.string(0)
        }
    }

    private static func events(_ db: PostgresClient) async throws -> [String] {
        try await db.execute(Statement("select event_type from webhook_deliveries order by id")).map { $0.string(0) }
    }

    private static func watch(_ db: PostgresClient, onChange: @escaping @Sendable (Int64) -> Void = { _ in })
        -> IdleTimers
    {
        IdleTimers(db: db, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onChange: onChange)
    }

    @Test func silentTimersAreMarkedOnce() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(db)
            try await Self.timer(db, "silent", "last_heartbeat_at", Self.ago("31 minutes"))
            try await Self.timer(db, "fresh", "last_heartbeat_at", Self.ago("29 minutes"))
            try await Self.timer(db, "never", "last_heartbeat_at", "null")
            try await Self.timer(
                db, "paused", "last_heartbeat_at, paused_at", "\(Self.ago("1 hour")), \(Self.ago("31 minutes"))")
            try await Self.timer(
                db, "stopped", "last_heartbeat_at, end_time, duration_seconds",
                "\(Self.ago("1 hour")), \(Self.ago("1 hour")), 3600")
            for _ in 0..<3 { await Self.watch(db).run() }
            #expect(try await Self.names(db, "idle_notified_at is not null") == ["silent"])
            #expect(try await Self.names(db, "end_time is not null") == ["stopped"])
            #expect(try await Self.events(db) == ["time_entry.idle"])
            let row = try #require(
                try await db.execute(
                    Statement(
                        """
                        select d.payload::json->'user'->>'display_name', d.payload::json->'data'->'time_entry'->>'idle_notified',
                               a.user_id, a.action, a.description, e.updated_at = e.created_at,
                               e.idle_notified_at = date_trunc('second', e.idle_notified_at)
                        from webhook_deliveries d, activities a, time_entries e where e.notes = 'silent'
                        """)
                ).first)
            #expect(row.string(0) == "Ann Example" && row.string(1) == "true")
            #expect(row.int(2) == 1 && row.string(3) == "idle")
            #expect(row.string(4).hasPrefix("Noticed that nobody works on time entry Site: no activity since 20"))
            // Nobody has edited it.
            #expect(row.bool(5) && row.bool(6))
        }
    }

    @Test func markedTimersAreStoppedAtTheLastHeartbeat() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(db)
            let marked = "last_heartbeat_at, idle_notified_at"
            try await Self.timer(db, "due", marked, "\(Self.ago("40 minutes")), \(Self.ago("5 minutes"))")
            try await Self.timer(db, "early", marked, "\(Self.ago("40 minutes")), \(Self.ago("4 minutes 50 seconds"))")
            try await Self.timer(
                db, "paused", "\(marked), paused_at",
                "\(Self.ago("40 minutes")), \(Self.ago("6 minutes")), \(Self.ago("1 minute"))")
            try await Self.timer(
                db, "breaks", "\(marked), break_seconds", "\(Self.ago("1 hour")), \(Self.ago("6 minutes")), 600")
            // The start was moved behind the heartbeat.
            try await Self.timer(db, "moved", marked, "\(Self.ago("3 hours")), \(Self.ago("6 minutes"))")
            let users = Mutex<[Int64]>([])
            await Self.watch(db) { user in users.withLock { $0.append(user) } }.run()
            #expect(try await Self.names(db, "end_time is not null") == ["breaks", "due", "moved"])
            #expect(
                try await Self.names(db, "end_time = last_heartbeat_at and source = 'auto'") == ["breaks", "due"])
            #expect(
                try await Self.names(db, "end_time = start_time + interval '1 second' and duration_seconds = 1")
                    == ["moved"])
            #expect(try await db.integer("select duration_seconds from time_entries where notes = 'due'") == 4800)
            #expect(try await db.integer("select duration_seconds from time_entries where notes = 'breaks'") == 3000)
            #expect(try await Self.events(db) == (0..<3).flatMap { _ in ["time_entry.stopped", "time_entry.updated"] })
            #expect(users.withLock { $0 } == [1, 1, 1])
            let reasons = """
                select count(*) from webhook_deliveries where payload::json->'data'->>'reason' = 'idle'
                    and (payload::json->>'description' like '%: no activity since %; the limit is 30 minutes')
                        = (event_type = 'time_entry.stopped')
                """
            #expect(try await db.integer(reasons) == 6)
            #expect(
                try await db.integer(
                    "select count(*) from activities where action = 'stopped' and description like '%no activity since%'"
                )
                    == 3)
        }
    }

    /// The owner's rounding, else the installation's.
    @Test func durationsAreRoundedAsOnAnyStop() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(db)
            _ = try await db.execute(Statement("update settings set rounding_minutes = 15"))
            let marked = "last_heartbeat_at, idle_notified_at"
            try await Self.timer(db, "a", marked, "\(Self.ago("50 minutes")), \(Self.ago("6 minutes"))")
            await Self.watch(db).run()
            #expect(try await db.integer("select duration_seconds from time_entries") == 4500)
            _ = try await db.execute(
                Statement("update users set time_rounding_minutes = 60, time_rounding_method = 'up'"))
            _ = try await db.execute(Statement("delete from time_entries"))
            try await Self.timer(db, "b", marked, "\(Self.ago("50 minutes")), \(Self.ago("6 minutes"))")
            await Self.watch(db).run()
            #expect(try await db.integer("select duration_seconds from time_entries") == 7200)
        }
    }

    /// As when several hosts run the jobs process.
    @Test func manyWatchersDoItOnce() async throws {
        try await ScratchDatabase.with(.migrated, poolSize: 8) { db async throws in
            try await Self.prepare(db)
            for index in 0..<20 {
                let isMarked = index % 2 == 0
                try await Self.timer(
                    db, "\(index)", "last_heartbeat_at, idle_notified_at",
                    "\(Self.ago("40 minutes")), \(isMarked ? Self.ago("6 minutes") : "null")")
            }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { await Self.watch(db).run() } }
            }
            // What somebody else had locked is found by the next look.
            await Self.watch(db).run()
            let events = try await Self.events(db)
            #expect(events.filter { $0 == "time_entry.idle" }.count == 10)
            #expect(events.filter { $0 == "time_entry.stopped" }.count == 10)
            #expect(try await db.integer("select count(*) from time_entries where end_time is not null") == 10)
            #expect(try await db.integer("select sum(running)::bigint from entry_totals where kind = 'a'") == 10)
        }
    }

    /// One that can't be stopped doesn't keep the others from it.
    @Test func aTimerThatFailsIsLeft() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(db)
            let marked = "last_heartbeat_at, idle_notified_at"
            try await Self.timer(db, "bad", marked, "\(Self.ago("40 minutes")), \(Self.ago("6 minutes"))")
            try await Self.timer(db, "good", marked, "\(Self.ago("40 minutes")), \(Self.ago("6 minutes"))")
            _ = try await db.execute(
                Statement(
                    "alter table time_entries add constraint no_end check (notes <> 'bad' or end_time is null)"))
            await Self.watch(db).run()
            #expect(try await Self.names(db, "end_time is not null") == ["good"])
        }
    }
}
