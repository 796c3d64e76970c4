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

    @Test func aSavedWeekIsTakenBack() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            let ids = [
                try await Pages.entry(server, project, "2026-03-02T08:00:10Z", "2026-03-02T09:00:10Z"),
                try await Pages.entry(server, project, "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"),
                try await Pages.entry(server, project, "2026-03-04T08:00:00Z", "2026-03-04T09:00:00Z"),
            ]
            let state =
                "select string_agg(concat_ws(' ', id, start_time, end_time, duration_seconds), ',' order by id) from time_entries"
            let before = try server.sql(state)
            let cells = [
                ("c \(project) 0", "2:00"), ("c \(project) 1", ""), ("c \(project) 2", "1:00"),
                ("c \(project) 3", "0:30"),
            ]
            func save(_ key: String, _ cells: [(String, String)]) async throws -> String {
                let reply = try await browser.post(
                    "/timesheet", [("week", "2026-03-02"), ("request_key", key)] + cells)
                let location = try #require(reply.header("location"))
                #expect(reply.status == 303)
                return location
            }
            let location = try await save("w", cells)
            #expect(location.hasPrefix("/timesheet?week=2026-03-02&changed="))
            #expect(
                try server.sql("select string_agg(duration_seconds::text, ',' order by start_time) from time_entries")
                    == "7200,3600,1800")
            let page = try await browser.get(location).text
            #expect(page.contains("3 entries have been changed.") && page.contains("/entries/undo/"))
            let batch = location.split(separator: "=").last ?? ""
            let undone = try await browser.post(
                "/entries/undo/\(batch)", [("back", "/timesheet?week=2026-03-02"), ("request_key", "u")])
            #expect(undone.header("location") == "/timesheet?week=2026-03-02")
            #expect(try server.sql(state) == before)
            #expect(try await browser.post("/entries/undo/\(batch)", [("request_key", "v")]).status == 404)
            // Webhooks and activities hear of it as of any change.
            #expect(try server.sql("select count(*) from activities where action = 'deleted'") == "2")

            // Nothing changed, nothing to take back.
            #expect(try await save("x", [("c \(project) 0", "1:00")]) == "/timesheet?week=2026-03-02")
            #expect(try server.sql("select count(*) from entry_batches where before <> '[]'") == "0")
            // What has been changed since stays: the entry that was made, and the one that was made longer.
            let second = try await save("y", [("c \(project) 2", "3:00"), ("c \(project) 4", "1:00")])
            try server.sql("update time_entries set updated_at = now() where id not in (\(ids[0]), \(ids[1]))")
            _ = try await browser.post(
                "/entries/undo/\(second.split(separator: "=").last ?? "")",
                [("back", "/timesheet?week=2026-03-02"), ("request_key", "uu")])
            #expect(try server.sql("select sum(duration_seconds) from time_entries") == "\(3600 * 6)")
            #expect(
                try await browser.get("/timesheet?week=2026-03-02").text.contains(
                    "but for entries that were changed again"))

            // What comes back must have room, where overlaps are forbidden.
            let third = try await save("z", [("c \(project) 0", "0:10")])
            _ = try await Pages.entry(server, project, "2026-03-02T08:30:00Z", "2026-03-02T08:40:00Z")
            try server.sql("update settings set prevent_overlapping_entries = true")
            let undo = "/entries/undo/\(third.split(separator: "=").last ?? "")"
            let isRefused = try await waitAsync(for: 3) {
                try await browser.post(undo, [("request_key", "o\(UInt32.random(in: 1...9_999_999))")]).status == 422
            }
            #expect(isRefused)
        }
    }

    @Test func lastWeekIsCopied() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let (_, project, task) = try await Pages.place(server)
            let other = try await Pages.place(server, name: "Other").project
            let browser = Browser(server)
            try await browser.signIn()
            // Summer time begins on 2026-03-29: times of day stay.
            _ = try await Pages.entry(server, project, "2026-03-23T08:00:00Z", "2026-03-23T09:30:00Z", notes: "a,b")
            _ = try await Pages.entry(server, other, "2026-03-24T08:00:00Z", "2026-03-24T09:00:00Z")
            _ = try await Pages.entry(server, other, "2026-03-31T08:00:00Z", "2026-03-31T08:15:00Z")
            try server.sql("update time_entries set task_id = \(task), billable = false where project_id = \(project)")
            let form = [("week", "2026-03-30"), ("request_key", "c")]
            let location = try #require(try await browser.post("/timesheet/copy", form).header("location"))
            #expect(
                try server.sql(
                    """
                    select string_agg(concat_ws(' ', start_time at time zone 'Europe/Berlin', duration_seconds, task_id, notes,
                        billable), ',' order by start_time) from time_entries where start_time > '2026-03-29'
                    """)
                    == "2026-03-30 09:00:00 5400 \(task) a,b f,2026-03-31 10:00:00 900 Work t")
            #expect(try await browser.get(location).text.contains("One entry has been changed."))
            let batch = location.split(separator: "=").last ?? ""
            _ = try await browser.post("/entries/undo/\(batch)", [("request_key", "u")])
            #expect(try server.sql("select count(*) from time_entries") == "3")
            #expect(
                try await browser.post("/timesheet/copy", [("week", "2026-05-04"), ("request_key", "d")])
                    .header("location") == "/timesheet?week=2026-05-04")
            #expect(
                try await browser.get("/timesheet?week=2026-05-04").text.contains("has no entries that could be copied")
            )
            #expect(try await browser.post("/timesheet/copy", [("week", "x")]).status == 400)
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

    @Test func aWeekShowsGapsAndOverlaps() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let other = try await Pages.place(server, name: "Another").project
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await Pages.entry(server, project, "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")
            _ = try await Pages.entry(server, other, "2026-03-02T09:04:00Z", "2026-03-02T10:00:00Z")
            #expect(try await !browser.get("/timesheet?week=2026-03-02").text.contains("Gaps and overlaps"))
            // A long entry around a short one: the gap begins where the long one ends.
            _ = try await Pages.entry(server, project, "2026-03-03T08:00:00Z", "2026-03-03T12:00:00Z")
            _ = try await Pages.entry(server, other, "2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z")
            _ = try await Pages.entry(server, other, "2026-03-03T13:30:00Z", "2026-03-03T14:00:00Z")
            _ = try await Pages.entry(server, project, "2026-03-03T14:05:00Z", "2026-03-03T15:00:00Z")
            let week = try await browser.get("/timesheet?week=2026-03-02").text
            #expect(week.contains(">1:35 free</a>") && week.contains(">1 overlap</a>"))
            #expect(
                week.components(separatedBy: " free</a>").count == 2
                    && week.components(separatedBy: " overlap</a>").count == 2)
        }
    }

    @Test func aMonthShowsHoursAndOverlaps() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            _ = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            _ = try await Pages.entry(server, project, "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z")
            _ = try await Pages.entry(server, project, "2026-03-31T22:00:00Z", "2026-04-01T01:00:00Z")
            // Of the month before, but in the same week.
            _ = try await Pages.entry(server, project, "2026-02-28T09:00:00Z", "2026-02-28T10:00:00Z")
            for number in 1...4 {
                let other = try await Pages.place(server, name: "P\(number)").project
                _ = try await Pages.entry(server, other, "2026-03-10T0\(number):00:00Z", "2026-03-10T0\(number):30:00Z")
            }
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get("/timesheet/month?month=2026-03-17").text
            #expect(page.contains("March 2026") && page.contains(#"<span class="soft num">7:30</span>"#))
            #expect(page.contains("1 overlap<") && page.matches(of: /class="chip warn"/).count == 1)
            #expect(page.contains("1 more") && page.contains(#"<td class="other">"#))
            #expect(
                page.contains("/timesheet/month?month=2026-02-28") && page.contains("/timesheet/month?month=2026-04-01")
            )
            for view in [
                "/timesheet/day?date=2026-03-01", "/timesheet?week=2026-03-01", "/timesheet/calendar?week=2026-03-01",
            ] {
                #expect(page.contains("href=\"\(view)\""), "\(view)")
                #expect(try await browser.get(view).status == 200, "\(view)")
            }
            try server.sql("update users set week_start_day = 0")
            let isSunday = try await waitAsync(for: 3) {
                let sunday = try await browser.get("/timesheet/month?month=2026-03-17").text
                return sunday.firstMatch(of: /<abbr title="(\w+)"/)?.1 == "Sunday"
            }
            #expect(isSunday)
            #expect(try await browser.get("/timesheet/month").status == 200)
            #expect(try await browser.get("/timesheet/month?month=x").status == 200)
        }
    }

    @Test func entriesAreMovedAndStretchedInTheCalendar() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let (_, project, _) = try await Pages.place(server)
            let id = try await Pages.entry(server, project, "2026-03-03T08:00:07Z", "2026-03-03T09:00:00Z")
            _ = try await Pages.entry(server, project, "2026-03-03T08:30:00Z", "2026-03-03T10:00:00Z", notes: "Other")
            _ = try await Pages.entry(server, project, "2026-03-05T21:00:00Z", "2026-03-06T01:00:00Z", notes: "Night")
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get("/timesheet/calendar?week=2026-03-04").text
            // Two that overlap stand side by side, and one that crosses midnight in two days.
            #expect(page.contains(#"class="event q108 s12 l0of2" data-id="\#(id)" data-from="540" data-to="600""#))
            #expect(page.contains("event q114 s18 l1of2") && page.components(separatedBy: " · overlaps").count == 3)
            #expect(page.matches(of: />Night</).count == 2)
            #expect(page.contains("event q264 s24") && page.contains("event q0 s24"))
            #expect(page.contains("6:30 in this week"))
            let seen = try #require(page.firstMatch(of: /data-from="540" data-to="600" data-seen="([^"]+)"/)).1
            let back = ("back", "/timesheet/calendar?week=2026-03-02")
            @Sendable func shift(_ from: String, _ to: String, _ key: String, seen: String = String(seen)) async throws
                -> HTTPReply
            {
                try await browser.post(
                    "/timesheet/calendar/shift",
                    [("entry_id", "\(id)"), ("from", from), ("to", to), ("request_key", key), ("seen", seen), back])
            }
            let times =
                "select start_time at time zone 'Europe/Berlin', end_time at time zone 'Europe/Berlin', duration_seconds from time_entries where id = \(id)"
            // A day later and an hour earlier; a double click moves once.
            let replies = try await parallel(2) { _ in try await shift("1380", "1380", "one") }
            #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == back.1 })
            #expect(try server.sql(times) == "2026-03-04 08:00:07|2026-03-04 09:00:00|3593")
            let now = try await browser.get("/timesheet/calendar?week=2026-03-04").text
            let later = try #require(now.firstMatch(of: /data-from="480" data-to="540" data-seen="([^"]+)"/)).1
            // Only the end.
            #expect(try await shift("0", "30", "two", seen: String(later)).status == 303)
            #expect(try server.sql(times) == "2026-03-04 08:00:07|2026-03-04 09:30:00|5393")
            // Not behind its start, not over what somebody else has saved, not by nonsense.
            let bad = try await shift("0", "-120", "three", seen: "")
            #expect(bad.status == 422 && bad.text.contains("Not changed") && bad.text.contains("id=\"calendar\""))
            try server.sql("update time_entries set updated_at = updated_at + interval '1 minute'")
            #expect(try await shift("15", "15", "four", seen: String(later)).text.contains("changed by someone else"))
            for (from, to) in [("", "0"), ("1.5", "0"), ("0", "99999"), ("x", "y")] {
                #expect(try await shift(from, to, "five").status == 400, "\(from) \(to)")
            }
            #expect(try server.sql(times) == "2026-03-04 08:00:07|2026-03-04 09:30:00|5393")
            try server.cli("user", "create", "other", "--password", TestServer.password, "--role", "user")
            let stranger = Browser(server)
            try await stranger.signIn("other")
            let foreign = try await stranger.post(
                "/timesheet/calendar/shift", [("entry_id", "\(id)"), ("from", "15"), ("to", "15")])
            #expect(foreign.status == 403)
        }
    }
}
