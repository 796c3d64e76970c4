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

    @Test func manyAreChangedAtOnceAndTakenBack() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, task) = try await Pages.place(server)
            let (_, other, _) = try await Pages.place(server, name: "Other")
            var ids: [Int] = []
            for day in 2...5 {
                ids.append(
                    try await Pages.entry(server, project, "2026-03-0\(day)T09:00:00Z", "2026-03-0\(day)T10:00:00Z"))
            }
            let browser = Browser(server)
            try await browser.signIn()
            let list = try await browser.get("/entries?tag=Work")
            #expect(list.text.matches(of: /form="bulk" name="entry_id"/).count == 4)
            let three = ids.prefix(3).map { ("entry_id", "\($0)") }
            let state =
                "select string_agg(concat_ws(' ', id, project_id, task_id, billable, tags), ',' order by id) from time_entries"
            let before = try server.sql(state)

            /// Carries it out, twice as by a double click, and takes it back.
            @Sendable func change(_ fields: [(String, String)], expect: String, _ condition: String) async throws {
                let key = [("request_key", "k\(UInt32.random(in: 1 ... .max))"), ("back", "/entries?tag=Work")]
                let replies = try await parallel(2) { _ in
                    try await browser.post("/entries/bulk", three + fields + key)
                }
                let location = try #require(replies[0].header("location"))
                #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == location })
                #expect(location.hasPrefix("/entries?tag=Work&changed="))
                #expect(try server.sql("select count(*) from time_entries where \(condition)") == expect, "\(fields)")
                let page = try await browser.get(location)
                #expect(page.text.contains("3 entries have been changed.") && page.text.contains("Undo"))
                let batch = location.split(separator: "=").last ?? ""
                let undone = try await browser.post(
                    "/entries/undo/\(batch)", [("back", "/entries"), ("request_key", "u\(batch)")])
                #expect(undone.status == 303 && undone.header("location") == "/entries")
                #expect(try server.sql(state) == before, "\(fields)")
                #expect(try await browser.post("/entries/undo/\(batch)", [("request_key", "v")]).status == 404)
            }
            try await change([("action", "add_tag"), ("value", "Late")], expect: "3", "tags like '%Late%'")
            try await change([("action", "remove_tag"), ("value", "work")], expect: "3", "tags is null")
            try await change([("action", "not_billable")], expect: "3", "not billable")
            try await change([("action", "paid")], expect: "3", "paid")
            try await change([("action", "move"), ("place", "\(other)")], expect: "3", "project_id = \(other)")
            try await change([("action", "move"), ("place", "\(project):\(task)")], expect: "3", "task_id = \(task)")
            try await change([("action", "delete")], expect: "1", "true")
            #expect(
                try server.sql(
                    "select count(*) from activities where entity_type = 'time_entry' and action = 'deleted'") == "3")

            // What was refused keeps the choice, and changes nothing.
            for (fields, text) in [
                ([("action", "")], "Choose what to do"), ([("action", "add_tag"), ("value", "a,b")], "without commas"),
                ([("action", "move"), ("place", "")], "Choose the project or task."),
                ([("action", "move"), ("place", "999999")], "Nothing has been changed"),
            ] {
                let refused = try await browser.post("/entries/bulk", three + fields + [("back", "/entries?tag=Work")])
                #expect(refused.status == 422 && refused.text.contains(text), "\(fields)")
                #expect(refused.text.matches(of: /value="\d+" checked/).count == 3, "\(fields)")
                #expect(try server.sql(state) == before)
            }
            #expect(
                try await browser.post("/entries/bulk", [("action", "delete")]).text.contains(
                    "Choose the entries first."))

            // What somebody has changed since stays.
            let changed = try await browser.post(
                "/entries/bulk", three + [("action", "not_billable"), ("request_key", "z")])
            try server.sql("update time_entries set updated_at = now() where id = \(ids[0])")
            let batch = try #require(changed.header("location")).split(separator: "=").last ?? ""
            _ = try await browser.post("/entries/undo/\(batch)", [("request_key", "zz")])
            #expect(
                try server.sql("select string_agg(billable::text, ',' order by id) from time_entries")
                    == "false,true,true,true")
            #expect(try await browser.get("/entries").text.contains("but for entries that were changed again"))

            // Nobody takes back what somebody else has done, nor changes what isn't his.
            try server.cli("user", "create", "other", "--password", TestServer.password, "--role", "user")
            let stranger = Browser(server)
            try await stranger.signIn("other")
            #expect(try await stranger.post("/entries/bulk", three + [("action", "delete")]).status == 403)
            let mine = try await browser.post("/entries/bulk", three + [("action", "delete"), ("request_key", "d")])
            let id = try #require(mine.header("location")).split(separator: "=").last ?? ""
            #expect(try await stranger.post("/entries/undo/\(id)", []).status == 404)
            // Overlaps that are forbidden don't come back either.
            try server.sql("update settings set prevent_overlapping_entries = true")
            _ = try await Pages.entry(server, project, "2026-03-02T09:30:00Z", "2026-03-02T09:40:00Z")
            let isRefused = try await waitAsync(for: 3) {
                try await browser.post("/entries/undo/\(id)", [("request_key", "o\(UInt32.random(in: 1...9_999_999))")])
                    .status == 422
            }
            #expect(isRefused)
            #expect(try server.sql("select count(*) from time_entries") == "2")
        }
    }

    @Test func anEntryIsCutInTwo() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let (_, project, _) = try await Pages.place(server)
            let id = try await Pages.entry(server, project, "2026-03-02T21:00:00Z", "2026-03-03T01:30:00Z")
            try server.sql(
                "update time_entries set break_seconds = 3600, duration_seconds = 12600, last_heartbeat_at = end_time")
            try server.sql(
                """
                insert into webhooks (name, url, events, user_id)
                values ('w', 'https://example.com/', '["time_entry.created"]', 1)
                """)
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get("/timer/edit/\(id)")
            #expect(page.text.contains("Split at midnight") && page.text.contains("Between 22:00 and 02:30"))
            let parts = """
                select string_agg(concat_ws(' ', to_char(start_time at time zone 'Europe/Berlin', 'DD HH24:MI'),
                    to_char(end_time at time zone 'Europe/Berlin', 'DD HH24:MI'), break_seconds, duration_seconds, notes),
                    ',' order by start_time) from time_entries
                """
            for at in ["21:00", "3:00", "2:30", "noon"] {
                let refused = try await browser.post("/timer/edit/\(id)/split", [("at", at)])
                #expect(refused.status == 422 && refused.text.contains("id=\"e-at\""), "\(at)")
            }
            #expect(try server.sql(parts) == "02 22:00 03 02:30 3600 12600 Work")
            let split = [("midnight", "on"), ("back", "/timesheet"), ("request_key", "s")]
            let replies = try await parallel(2) { _ in try await browser.post("/timer/edit/\(id)/split", split) }
            #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == "/timesheet" })
            #expect(try server.sql(parts) == "02 22:00 03 00:00 3600 3600 Work,03 00:00 03 02:30 0 9000 Work")
            #expect(try server.sql("select count(distinct tags) || ' ' || count(tags) from time_entries") == "1 2")
            // The signs of work are the timer's, of which the first part is left; so are they where the second one is told of.
            #expect(
                try server.sql("select string_agg(id::text, ',') from time_entries where last_heartbeat_at is not null")
                    == "\(id)")
            let told = "payload::json->'data'->'time_entry'"
            #expect(
                try server.sql(
                    "select \(told)->>'id', \(told)->'last_heartbeat_at', \(told)->>'source' from webhook_deliveries")
                    == "\(try server.sql("select max(id) from time_entries"))|null|manual")
            // A time behind midnight.
            let rest = try server.sql("select max(id) from time_entries")
            _ = try await browser.post("/timer/edit/\(rest)/split", [("at", "1:15")])
            #expect(
                try server.sql(parts)
                    == "02 22:00 03 00:00 3600 3600 Work,03 00:00 03 01:15 0 4500 Work,03 01:15 03 02:30 0 4500 Work")
            try server.sql("update time_entries set end_time = null, duration_seconds = null where id = \(rest)")
            #expect(try await browser.post("/timer/edit/\(rest)/split", [("at", "1:00")]).status == 422)
        }
    }

    @Test func aRowBecomesAForm() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let id = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")
            try server.sql("update time_entries set paid = true, invoice_number = 'R1'")
            let browser = Browser(server)
            try await browser.signIn()
            let list = try await browser.get("/entries?tag=Work")
            #expect(list.text.contains("href=\"/entries?tag=Work&amp;edit=\(id)#entry-\(id)\""))
            let page = try await browser.get("/entries?tag=Work&edit=\(id)")
            #expect(page.text.contains("class=\"entry editing\"") && page.text.contains("value=\"row\""))
            let seen = try #require(page.text.firstMatch(of: /name="seen" value="([^"]+)"/)).1
            let form = [
                ("place", "\(project)"), ("date", "2026-03-02"), ("start", "9:15"), ("end", "10"), ("break", ""),
                ("notes", "Corrected"), ("tags", "Work"), ("billable", "on"), ("seen", String(seen)), ("form", "row"),
                ("back", "/entries?tag=Work"),
            ]
            let refused = try await browser.post("/timer/edit/\(id)", form.map { $0.0 == "end" ? ("end", "35") : $0 })
            // A page with the same fields, so that what it hasn't doesn't count as emptied.
            #expect(refused.status == 422 && refused.text.contains("name=\"form\" value=\"row\""))
            #expect(!refused.text.contains("name=\"paid\""))
            #expect(try await browser.post("/timer/edit/\(id)", form).header("location") == "/entries?tag=Work")
            #expect(
                try server.sql("select concat_ws(' ', notes, duration_seconds, paid, invoice_number) from time_entries")
                    == "Corrected 2700 t R1")
        }
    }

    @Test func everyFilterOfTheAPI() async throws {
        try await TestServer.with(workers: 1) { server in
            let (client, project, task) = try await Pages.place(server)
            _ = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", notes: "plain")
            _ = try await server.post(
                "/api/v1/time-entries",
                #"{"project_id":\#(project),"task_id":\#(task),"start_time":"2026-03-03T09:00:00Z","end_time":"2026-03-03T10:00:00Z","notes":"tasked","billable":false,"tags":"late"}"#
            )
            _ = try await server.post(
                "/api/v1/time-entries",
                #"{"client_id":\#(client),"start_time":"2026-03-04T09:00:00Z","end_time":"2026-03-04T10:00:00Z","notes":"clients","paid":true}"#
            )
            let browser = Browser(server)
            try await browser.signIn()
            for (query, found) in [
                ("", ["plain", "tasked", "clients"]), ("project_id=\(project)", ["plain", "tasked"]),
                ("project_id=\(project)&task_id=\(task)", ["tasked"]), ("client_id=\(client)", ["clients"]),
                ("start_date=2026-03-03", ["tasked", "clients"]), ("end_date=2026-03-03", ["plain", "tasked"]),
                ("billable=false", ["tasked"]), ("paid=true", ["clients"]), ("tag=late", ["tasked"]),
                ("person=all&paid=false", ["plain", "tasked"]),
            ] {
                let page = try await browser.get("/entries?\(query)").text
                for notes in ["plain", "tasked", "clients"] {
                    #expect(page.contains(">\(notes)</a>") == found.contains(notes), "\(query): \(notes)")
                }
            }
            let page = try await browser.get("/entries?project_id=\(project)&task_id=\(task)").text
            #expect(page.contains("<option value=\"\(task)\" selected>") && page.contains("Task: Website"))
        }
    }
}
