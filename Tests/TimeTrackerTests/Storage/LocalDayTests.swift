import Postgres
import Testing

@testable import TimeTracker

/// Where days begin and end (``LocalDay``), by PostgreSQL's knowledge of zones.
struct LocalDayTests {
    /// Days on which clocks do something around midnight: the day, and the first instants of it and of the next one.
    private static let oddDays: [(zone: String, day: String, first: String, next: String)] = [
        // Back from 01:00 to 00:00: the first hour happens twice.
        ("Atlantic/Azores", "2025-10-25", "2025-10-25T00:00:00Z", "2025-10-26T00:00:00Z"),
        ("Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00Z", "2025-10-27T01:00:00Z"),
        ("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"),
        ("Asia/Gaza", "2021-10-29", "2021-10-28T21:00:00Z", "2021-10-29T22:00:00Z"),
        // Back from 00:00 to 23:00 of the day before.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"),
        // Back from 00:01 to 23:01 of the day before, whose last hour is counted to the day that had begun.
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"),
        // Forward from 00:00 to 01:00: midnight is skipped.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        // Forward from 23:30 to 00:30: it is skipped in the middle.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"),
        // A day that is skipped as a whole holds nothing, and its neighbours touch.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z", "1993-08-21T12:00:00Z"),
        // The clocks change elsewhere in the day.
        ("Europe/Brussels", "2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
        ("Europe/Brussels", "2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
        ("UTC", "2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
    ]

    /// As requests ask for them: by ``WallTime``.
    @Test func daysAroundWhoseMidnightClocksChange() async throws {
        try await ScratchDatabase.with { db async throws in
            for (zone, day, first, next) in Self.oddDays {
                guard case .date(let days) = DateTimeParser.parse(day) else {
                    Issue.record("\(day)")
                    continue
                }
                var sql = SQL("select ")
                sql.add(WallTime.expression(.startOfDay(days), zone: zone, in: &sql) + ", ")
                sql.add(WallTime.expression(.endOfDay(days), zone: zone, in: &sql))
                let row = try #require(try await db.query(sql.statement).first)
                #expect(InstantFormat.text(row.timestamp(0)) == first, "\(zone) \(day)")
                #expect(InstantFormat.text(row.timestamp(1) + 1) == next, "\(zone) \(day)")
            }
        }
    }

    /// Every day of ten years in every zone: what is the first instant of a day belongs to it, the instant before does not,
    /// and as a day ends where the next one begins, no instant is left over or belongs to two.
    @Test func daysOfEveryZoneTouch() async throws {
        try await ScratchDatabase.with { db async throws in
            try await db.transaction { tx in try await tx.script(Self.findings) }
            let row = try #require(try await db.execute(Statement("select * from findings")).first)
            let zones = row.int(0)
            #expect(zones > 400 && row.int(1) == zones * 3653)
            #expect((2..<8).map { row.int($0) } == [0, 0, 0, 0, 0, 0])
            #expect(row.int(8) > 1000)
        }
    }

    /// Names of zones below `posix/` repeat others.
    private static let findings = """
        set local statement_timeout = 0;
        create temp table days as
        select zone, day, first, lead(first) over (partition by zone order by day) as next
        from (select name as zone, d::date as day, \(LocalDay.start(of: "d::date", zone: "name")) as first
              from (select name from pg_timezone_names where name !~ '^posix/') z,
                   generate_series(date '2016-01-01', date '2025-12-31', interval '1 day') d) s;
        create temp table odd as
        select * from days where next - first <> interval '24 hours' or first <> day::timestamp at time zone zone;
        create table findings as
        select count(distinct zone) as zones, count(*) as days,
            count(*) filter (where next < first) as overlapping,
            count(*) filter (where first < next and (first at time zone zone)::date <> day) as first_of_another_day,
            count(*) filter (where first < next and
                ((next - interval '1 microsecond') at time zone zone)::date <> day) as last_of_another_day,
            count(*) filter (where (first - interval '1 microsecond') at time zone zone >= day) as not_first,
            count(*) filter (where next - first not between interval '20 hours' and interval '28 hours') as long_or_short,
            -- Where clocks change around a day's beginning: does any earlier instant show it?
            (select count(*) from odd,
                 generate_series(first - interval '30 hours', first - interval '1 second', interval '10 minutes') t
             where t at time zone zone >= day) as shown_earlier,
            (select count(*) from odd) as odd
        from days;
        """

    /// ``LocalDay/day(of:zone:)`` finds the one day whose bounds hold the instant.
    @Test func randomInstantsBelongToTheirDay() async throws {
        try await ScratchDatabase.with { db async throws in
            _ = try await db.execute(
                Statement(
                    """
                    create table instants as
                    select name as zone, timestamptz '1970-01-01Z' + random() * interval '24800 days' as instant
                    from pg_timezone_names, generate_series(1, 100) where name !~ '^posix/'
                    union all
                    -- Around the changes of clocks whose repeated hour lies before midnight.
                    select zone, day + random() * interval '3 hours'
                    from (values ('America/St_Johns', timestamptz '2010-11-07 02:00Z'),
                                 ('America/St_Johns', timestamptz '1990-10-28 02:00Z'),
                                 ('America/Juneau', timestamptz '1900-08-20 08:00Z')) v (zone, day), generate_series(1, 100)
                    """))
            let outside = """
                select count(*) from (
                    select zone, instant, \(LocalDay.day(of: "instant", zone: "zone")) as day from instants) d
                where instant < \(LocalDay.start(of: "day", zone: "zone"))
                   or instant >= \(LocalDay.start(of: "(day + 1)", zone: "zone"))
                """
            #expect(try await db.integer("select count(*) from instants") > 40_000)
            #expect(try await db.integer(outside) == 0)
            // In St. John's the clocks showed the 7th, then the 6th again, then the 7th: for us it is the 7th all the time.
            let day = LocalDay.day(of: "timestamptz '2010-11-07 03:00Z'", zone: "'America/St_Johns'")
            #expect(try await db.integer("select extract(day from \(day))::int") == 7)
            #expect(
                try await db.integer(
                    "select extract(day from timestamptz '2010-11-07 03:00Z' at time zone 'America/St_Johns')::int")
                    == 6
            )
        }
    }
}
