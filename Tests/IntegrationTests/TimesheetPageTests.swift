import Foundation
import Testing

/// Week, day, month and calendar.
@Suite struct TimesheetPageTests {
    @Test func weekGrid() async throws {
        try await TestServer.with { server in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/timesheet?week=2026-03-04").text.contains("Nothing booked in this week"))
            let line = try await browser.get("/timesheet?week=2026-03-02&place=\(project)")
            #expect(line.text.contains(#"name="c \#(project) 0""#))
            let cells = [
                ("c \(project) 0", "1:30"), ("c \(project) 1", "1.5"), ("c \(project) 2", "90m"),
                ("c \(project) 3", ""),
            ]
            let week = [("week", "2026-03-02"), ("request_key", "w")]
            let bad = try await browser.post("/timesheet", week + cells + [("c \(project) 4", "soon")])
            #expect(bad.status == 422 && bad.text.contains("Write a duration") && bad.text.contains(#"value="90m""#))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            let replies = try await parallel(2) { _ in try await browser.post("/timesheet", week + cells) }
            #expect(replies.allSatisfy { $0.status == 303 })
            #expect(
                try server.sql(
                    "select count(*), sum(duration_seconds), min(start_time at time zone 'UTC') from time_entries")
                    == "3|16200|2026-03-02 09:00:00")
            let shown = try await browser.get("/timesheet?week=2026-03-02")
            #expect(shown.text.contains(">4:30<") && shown.text.contains(#"value="1:30""#))
            // Longer, deleted, and left alone.
            let change = [("c \(project) 0", "2:00"), ("c \(project) 1", "0"), ("c \(project) 2", "1:30")]
            _ = try await browser.post("/timesheet", [("week", "2026-03-02"), ("request_key", "x")] + change)
            #expect(
                try server.sql("select string_agg(duration_seconds::text, ',' order by start_time) from time_entries")
                    == "7200,5400")
            // A second entry of the day begins where the first one ends.
            let other = try await Pages.place(server, name: "Other").project
            _ = try await browser.post(
                "/timesheet", [("week", "2026-03-02"), ("request_key", "y"), ("c \(other) 0", "1")])
            #expect(
                try server.sql("select start_time at time zone 'UTC' from time_entries where project_id = \(other)")
                    == "2026-03-02 11:00:00")
            let day = try await browser.get("/timesheet/day?date=2026-03-02")
            #expect(day.text.matches(of: /class="entry"/).count == 2)
        }
    }

    @Test func cellsCountOnceAndFormsAreBounded() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            // Other spellings of a cell's name are no cells, and the first of the same name counts.
            let cells = [
                ("c \(project) 0", "1"), ("c \(project) 0", "2"), ("c 0\(project) 0", "3"), ("c \(project) +0", "4"),
            ]
            let saved = try await browser.post("/timesheet", [("week", "2026-03-02"), ("request_key", "k")] + cells)
            #expect(saved.status == 303)
            #expect(try server.sql("select count(*), sum(duration_seconds) from time_entries") == "1|3600")
            // The route takes files of 16 MiB, but no forms of that size.
            let large = try await browser.post("/import-export", [("csv", String(repeating: "a", count: 600_000))])
            #expect(large.status == 413)
            _ = try server.sql(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds, notes)
                select user_id, project_id, s, s + interval '1 second', 1, repeat('n', 20000)
                from time_entries, lateral (select timestamptz '2026-03-03 00:00Z' + n * interval '1 minute' as s
                                            from generate_series(1, 700) n) x
                """)
            let week = try await browser.get("/timesheet?week=2026-03-02")
            #expect(week.status == 200 && week.text.contains("some are left out"))
            let day = try await browser.get("/timesheet/day?date=2026-03-03")
            #expect(day.status == 200 && day.text.contains("the first 300 entries"))
            #expect(try await browser.get("/import-export/entries").status == 200)
            _ = try server.sql("update time_entries set notes = repeat('n', 60000)")
            #expect(try await browser.get("/import-export/entries").status == 400)
        }
    }
}
