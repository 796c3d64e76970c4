import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// The dashboards' sums on days on which the clocks change (behaviour.md §7.4, §7.5).
struct DashboardQueryTests {
    private static let zone = "Europe/Berlin"

    /// Microseconds since 2000-01-01 UTC.
    private func instant(_ db: PostgresClient, _ text: String) async throws -> Int64 {
        try #require(try await db.query(Statement("select $1::text::timestamptz", [.text(text)])).first).timestamp(0)
    }

    private func prepare(_ db: PostgresClient) async throws {
        _ = try await db.atomically([
            Statement("insert into users (id, username, week_start_day) values (1, 'ann', 1)"),
            Statement("insert into clients (id, name, default_hourly_rate) values (1, 'C', 50)"),
            Statement("insert into projects (id, name, client_id, hourly_rate) values (1, 'P', 1, 100)"),
            Statement("insert into projects (id, name, client_id) values (2, 'Q', 1)"),
            Statement("insert into projects (id, name, client_id, hourly_rate) values (3, 'Free', 1, 0)"),
        ])
    }

    private func entry(_ db: PostgresClient, _ start: String, hours: Double, project: Int64 = 1, billable: Bool = true)
        async throws
    {
        _ = try await db.execute(
            Statement(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds, billable)
                values (1, $1, $2::text::timestamptz, $2::text::timestamptz + make_interval(secs => $3), $3::int, $4)
                """, [.int(project), .text(start), .double(hours * 3600), .bool(billable)]))
    }

    /// Clocks went back on Sunday, 25 October 2026, at 03:00 summer time: that day has 25 hours.
    @Test func weekComparisonAcrossTheEndOfSummerTime() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            // Last week: Monday 19 October at 00:30 summer time, which is still Sunday in UTC.
            try await entry(db, "2026-10-18T22:30:00Z", hours: 1)
            // Last week's Sunday, 23:30 winter time: the 25th hour of the day.
            try await entry(db, "2026-10-25T22:30:00Z", hours: 0.5)
            // The hour that happens twice, both times.
            try await entry(db, "2026-10-25T00:30:00Z", hours: 0.25)
            try await entry(db, "2026-10-25T01:30:00Z", hours: 0.25)
            // This week: Monday 26 October 00:15 winter time.
            try await entry(db, "2026-10-25T23:15:00Z", hours: 2)
            // Before last week's Monday, and after now.
            try await entry(db, "2026-10-18T21:30:00Z", hours: 9)
            try await entry(db, "2026-11-01T20:00:00Z", hours: 3)

            // Sunday 1 November 2026, 19:00 in Berlin: seven days each.
            let sunday = try await instant(db, "2026-11-01T18:00:00Z")
            let week = try WeekComparison(
                try await db.query(WeekComparison.statement(userID: 1, zone: Self.zone, now: sunday)))
            #expect(week.last.days.map(\.hours) == [100, 0, 0, 0, 0, 0, 100])
            #expect(week.current.days.map(\.hours) == [200, 0, 0, 0, 0, 0, 0])
            #expect(week.changeTenths == 0)
            #expect(week.current.days.first?.day == CivilDate(year: 2026, month: 10, day: 26).daysSince2000)
            #expect(week.last.days.first?.day == CivilDate(year: 2026, month: 10, day: 19).daysSince2000)

            // Monday 26 October, 00:20 winter time, is still Sunday in UTC: one day each.
            let monday = try await instant(db, "2026-10-25T23:20:00Z")
            let first = try WeekComparison(
                try await db.query(WeekComparison.statement(userID: 1, zone: Self.zone, now: monday)))
            #expect(first.current.days.map(\.hours) == [200])
            #expect(first.last.days.map(\.hours) == [100])
        }
    }

    @Test func valueDashboard() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            // Tuesday 27 October 2026 in Berlin; the month's first days and last Sunday's extra hour count by local date.
            let now = try await instant(db, "2026-10-27T12:00:00Z")
            try await entry(db, "2026-09-30T22:30:00Z", hours: 1)
            try await entry(db, "2026-09-30T21:30:00Z", hours: 1, project: 2)
            try await entry(db, "2026-10-25T22:30:00Z", hours: 3, project: 3)
            try await entry(db, "2026-10-25T23:30:00Z", hours: 2)
            try await entry(db, "2026-10-27T08:00:00Z", hours: 1.5, billable: false)
            try await entry(db, "2026-11-05T08:00:00Z", hours: 1)
            _ = try await db.execute(
                Statement("insert into time_entries (user_id, project_id, start_time) values (1, 1, now())"))
            let row = try #require(
                try await db.query(ValueDashboard.statement(userID: 1, zone: Self.zone, now: now)).first)
            let value = try ValueDashboard(row, currency: " CHFX")
            #expect(value.entriesCount == 6)
            #expect(value.totalHours == 950)
            #expect(value.activeDays == 6)
            #expect(value.averageHours == 158)
            #expect(value.mostProductiveDay == "Sunday")
            #expect(value.thisWeekHours == 350)
            #expect(value.thisMonthHours == 750)
            #expect(value.lastSevenDays.map(\.hours.hours) == [0, 0, 0, 0, 300, 200, 150])
            // 1 h · 100 + 1 h · 50 (the client's) + 3 h · 0 (the project's zero wins) + 2 h · 100 + 1 h · 100
            #expect(value.estimatedValue == 45_000)
            #expect(value.currency == "CHF")
        }
    }

    @Test func emptyDashboard() async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            try await prepare(db)
            let row = try #require(
                try await db.query(ValueDashboard.statement(userID: 1, zone: "UTC", now: WallClock.now())).first)
            let value = try ValueDashboard(row, currency: "")
            #expect(value.entriesCount == 0)
            #expect(value.averageHours == 0)
            #expect(value.mostProductiveDay == nil)
            #expect(value.estimatedValue == nil)
            #expect(value.lastSevenDays.count == 7)
            #expect(value.currency == "EUR")
        }
    }
}
