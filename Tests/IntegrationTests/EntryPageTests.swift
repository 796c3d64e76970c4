import Foundation
import Testing

/// The list of entries and the form of one.
@Suite struct EntryPageTests {
    @Test func entries() async throws {
        try await TestServer.with { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let (_, project, task) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/entries/new")
            let form = [
                ("place", "\(project)"), ("date", "2026-03-02"), ("start", "930"), ("end", ""), ("duration", "1h30"),
                ("break", "15m"), ("notes", "Layout"), ("tags", "design"), ("billable", "on"), ("request_key", "k"),
            ]
            for (field, value, text) in [
                ("start", "9:75", "Write a time"), ("duration", "soon", "Write a duration"),
                ("date", "", "Choose a date"),
                ("place", "", "Choose what"), ("end", "35", "Write a time"), ("duration", "45", "Did you mean 45m?"),
            ] {
                let bad = try await browser.post("/entries/new", form.map { $0.0 == field ? ($0.0, value) : $0 })
                #expect(bad.status == 422 && bad.text.contains(text), "\(field) \(value)")
                #expect(bad.text.contains("Layout") && bad.text.contains("<title>Error: "), "\(field)")
            }
            let replies = try await parallel(2) { _ in try await browser.post("/entries/new", form) }
            #expect(replies.allSatisfy { $0.status == 303 })
            let stored =
                "select start_time at time zone 'UTC', end_time at time zone 'UTC', duration_seconds, break_seconds, coalesce(task_id, 0) from time_entries"
            #expect(try server.sql(stored) == "2026-03-02 08:30:00|2026-03-02 10:15:00|5400|900|0")

            // What nobody has touched keeps its seconds.
            try server.sql("update time_entries set start_time = start_time + interval '7 s'")
            let id = try server.sql("select id from time_entries")
            let page = try await browser.get("/timer/edit/\(id)?back=/entries")
            #expect(page.text.contains(#"value="09:30""#) && page.text.contains(#"value="11:15""#))
            let seen = try #require(page.text.firstMatch(of: /name="seen" value="([^"]+)"/)).1
            var change = [
                ("place", "\(project):\(task)"), ("date", "2026-03-02"), ("start", "09:30"), ("end", "11:15"),
                ("break", "0:15"), ("notes", "Layout 2"), ("tags", ""), ("seen", String(seen)),
            ]
            #expect(try await browser.post("/timer/edit/\(id)", change).header("location") == "/entries")
            #expect(try server.sql(stored) == "2026-03-02 08:30:07|2026-03-02 10:15:00|5400|900|\(task)")
            #expect(try server.sql("select notes, tags is null, billable from time_entries") == "Layout 2|t|f")
            // Over midnight.
            change[2].1 = "22"
            change[3].1 = "2"
            #expect(try await browser.post("/timer/edit/\(id)", change).status == 303)
            #expect(try server.sql(stored).hasPrefix("2026-03-02 21:00:00|2026-03-03 01:00:00|13500|900"))

            // Within a minute, saved as it is shown.
            try server.sql(
                "update time_entries set start_time = '2026-03-02T08:30:05Z', end_time = '2026-03-02T08:30:40Z', break_seconds = 0"
            )
            change[2].1 = "09:30"
            change[3].1 = "09:30"
            change[4].1 = ""
            #expect(try await browser.post("/timer/edit/\(id)", change).status == 303)
            #expect(
                try server.sql("select extract(epoch from end_time - start_time)::int from time_entries") == "35")
            change[2].1 = "9"
            change[3].1 = "9:00"
            #expect(try await browser.post("/timer/edit/\(id)", change).text.contains("The end is the start."))
            change[2].1 = "22"
            change[3].1 = "2"
            change[4].1 = "15m"
            #expect(try await browser.post("/timer/edit/\(id)", change).status == 303)

            // Somebody was faster: what was typed stays.
            try server.sql("update time_entries set updated_at = updated_at + interval '1 minute'")
            let late = try await browser.post("/timer/edit/\(id)", change + [("notes", "x")])
            #expect(late.status == 422 && late.text.contains("changed by someone else"))

            let copy = try await browser.post("/timer/edit/\(id)/duplicate", [("request_key", "d")])
            #expect(copy.status == 303)
            #expect(try server.sql("select count(*) from time_entries") == "2")
            #expect(try await browser.post("/timer/edit/\(id)/delete", []).header("location") == "/entries")
            #expect(try server.sql("select count(*) from time_entries") == "1")
            let list = try await browser.get("/entries")
            #expect(list.text.contains("22:00 – 02:00 +1") && list.text.contains("Monday, 2026-03-02"))
            #expect(try await browser.get("/entries?tag=none").text.contains("No entry matches."))
        }
    }
}
