import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// Dashboard and week comparison on days whose midnight happens twice: entries count on one day, the one that filters mean.
struct AmbiguousMidnightTests {
    private static func instant(_ text: String) throws -> Int64 {
        guard case .dateTime(.instant(let instant)) = DateTimeParser.parse(text) else {
            throw TemplateDatabases.Missing()
        }
        return instant
    }

    private static func prepare(_ db: PostgresClient, entriesAt starts: [String]) async throws {
        _ = try await db.atomically([
            Statement("insert into users (id, username, week_start_day) values (1, 'ann', 0)"),
            Statement("insert into clients (id, name) values (1, 'C')"),
            Statement("insert into projects (id, name, client_id) values (1, 'P', 1)"),
        ])
        for start in starts {
            _ = try await db.execute(
                Statement(
                    """
                    insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds)
                    values (1, 1, $1, $1 + interval '1 hour', 3600)
                    """, [.timestamp(try instant(start))]))
        }
    }

    private static func week(_ db: PostgresClient, _ zone: String, now: String) async throws -> WeekComparison {
        try WeekComparison(
            try await db.query(WeekComparison.statement(userID: 1, zone: zone, now: try instant(now))))
    }

    private static func dashboard(_ db: PostgresClient, _ zone: String, now: String) async throws -> ValueDashboard {
        let statement = ValueDashboard.statement(userID: 1, zone: zone, now: try instant(now))
        return try ValueDashboard(try #require(try await db.query(statement).first), currency: "EUR")
    }

    /// Sunday 26 October 2025 in the Azores: 00:30 happened at 00:30Z and at 01:30Z.
    @Test func theFirstHourThatHappensTwice() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(
                db, entriesAt: ["2025-10-25T23:30:00Z", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"])
            let zone = "Atlantic/Azores"
            let week = try await Self.week(db, zone, now: "2025-10-26T12:00:00Z")
            #expect(week.current.days.map(\.hours) == [0, 0, 0, 0, 0, 100, 200])
            let value = try await Self.dashboard(db, zone, now: "2025-10-26T12:00:00Z")
            #expect(value.lastSevenDays.map(\.hours.hours) == [0, 0, 0, 0, 0, 100, 200])
            #expect(value.activeDays == 2 && value.mostProductiveDay == "Sunday")
            // The week begins on Sunday for this user.
            #expect(value.thisWeekHours == 200)
        }
    }

    /// Sunday 7 November 2010 in St. John's: it began at 02:30Z; at 02:31Z the clocks went back to 23:01 of the 6th.
    @Test func theDayThatBeginsTwice() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(
                db, entriesAt: ["2010-11-07T02:29:59Z", "2010-11-07T02:30:30Z", "2010-11-07T03:00:00Z"])
            let zone = "America/St_Johns"
            // Also when it is asked for in the hour that the clocks show as the 6th.
            for now in ["2010-11-07T03:10:00Z", "2010-11-07T15:00:00Z"] {
                let week = try await Self.week(db, zone, now: now)
                #expect(week.current.days.map(\.hours) == [0, 0, 0, 0, 0, 100, 200], "\(now)")
                let value = try await Self.dashboard(db, zone, now: now)
                #expect(value.lastSevenDays.map(\.hours.hours) == [0, 0, 0, 0, 0, 100, 200], "\(now)")
            }
        }
    }

    /// Samoa had no 30 December 2011: the week has a day without hours, and nothing else is wrong.
    @Test func theDayThatNeverWas() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await Self.prepare(db, entriesAt: ["2011-12-30T09:30:00Z", "2011-12-30T10:30:00Z"])
            let week = try await Self.week(db, "Pacific/Apia", now: "2011-12-31T09:00:00Z")
            // Monday 26 to Saturday 31.
            #expect(week.current.days.map(\.hours) == [0, 0, 0, 100, 0, 100])
            let value = try await Self.dashboard(db, "Pacific/Apia", now: "2011-12-31T09:00:00Z")
            #expect(value.lastSevenDays.map(\.hours.hours) == [0, 0, 0, 0, 100, 0, 100])
        }
    }
}
