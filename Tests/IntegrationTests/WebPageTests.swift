import Foundation
import Testing

/// The pages as a browser without scripts meets them.
@Suite struct WebPageTests {
    private static let pages = [
        "/dashboard", "/timer", "/entries", "/entries/new", "/timesheet", "/timesheet/day", "/projects",
        "/projects/new",
        "/tasks", "/tasks/new", "/clients", "/clients/new", "/reports", "/import-export", "/search?q=te", "/shortcuts",
        "/admin/api-tokens",
    ]

    /// Markup, a template's tag and a formula, as somebody may write them into every field.
    private static let hostile = #"<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}"#

    /// - Returns: a client, a project of it, a task of that, by the API.
    private func place(_ server: TestServer, name: String = "Website") async throws -> (
        client: Int, project: Int, task: Int
    ) {
        func quoted(_ text: String) throws -> String {
            String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
        let name = try quoted(name)
        let client = try await server.post("/api/v1/clients", #"{"name":\#(name),"description":\#(name)}"#)
        let clientID = try #require(client.json["client"]["id"].int)
        let project = try await server.post(
            "/api/v1/projects",
            #"{"name":\#(name),"client_id":\#(clientID),"description":\#(name),"hourly_rate":80}"#)
        let projectID = try #require(project.json["project"]["id"].int)
        let task = try await server.post(
            "/api/v1/tasks",
            #"{"name":\#(name),"project_id":\#(projectID),"description":\#(name),"tags":\#(name)}"#)
        return (clientID, projectID, try #require(task.json["task"]["id"].int))
    }

    private func entry(
        _ server: TestServer, _ project: Int, _ start: String, _ end: String, notes: String = "Work"
    ) async throws -> Int {
        let text = String(decoding: try JSONEncoder().encode(notes), as: UTF8.self)
        let reply = try await server.post(
            "/api/v1/time-entries",
            #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)","notes":\#(text),"tags":\#(text)}"#
        )
        return try #require(reply.json["time_entry"]["id"].int)
    }

    @Test func everyPageStandsInItsFrame() async throws {
        try await TestServer.with { server in
            let (client, project, task) = try await place(server)
            let entry = try await entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            let browser = Browser(server)
            #expect(try await browser.get("/entries").header("location") == "/login?next=/entries")
            try await browser.signIn()
            let objects = [
                "/projects/\(project)", "/projects/\(project)/edit", "/tasks/\(task)", "/tasks/\(task)/edit",
                "/clients/\(client)", "/clients/\(client)/edit", "/timer/edit/\(entry)",
                "/entries?start_date=2026-03-01&end_date=2026-03-31&billable=true&paid=false&tag=Work&person=all",
                "/timesheet?week=2026-03-02", "/timesheet/day?date=2026-03-02",
                "/reports?start_date=2026-03-01&end_date=2026-03-31",
            ]
            for path in Self.pages + objects {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.header("content-type") == "text/html; charset=utf-8", "\(path)")
                #expect(page.header("content-security-policy")?.contains("default-src 'self'") == true, "\(path)")
                #expect(page.header("cache-control") == "no-store", "\(path)")
                #expect(page.text.matches(of: /<h1[ >]/).count == 1, "\(path) has one heading")
                #expect(page.text.contains(#"class="timer"#) && page.text.contains(#"aria-label="Main""#), "\(path)")
                #expect(!page.text.contains("style=\"") && !page.text.contains("<script>"), "\(path)")
            }
            for path in ["/projects/999999", "/tasks/999999", "/timer/edit/999999", "/projects/x"] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
            for path in [
                "/entries?start_date=x", "/tasks?status=nonsense", "/reports?start_date=2026-03-02&end_date=2026-03-01",
            ] {
                #expect(try await browser.get(path).status == 422, "\(path)")
            }
        }
    }

    @Test func filesHaveAddressesOfTheirContent() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            let page = try await browser.get("/login").text
            let files = page.matches(of: #/"(/static/[^"#]+)"/#).map { String($0.1) }
            #expect(files.count >= 3)
            for file in Set(files) {
                let reply = try await browser.get(file)
                #expect(reply.status == 200, "\(file)")
                #expect(reply.header("cache-control") == "public, max-age=31536000, immutable", "\(file)")
            }
            let script = try #require(files.first { $0.hasSuffix(".js") })
            // What the script imports has such an address too.
            let imported = try await browser.get(script).text.firstMatch(of: #/from "(/static/[^"]+)"/#)
            #expect(try await browser.get(String(try #require(imported).1)).status == 200)
            #expect(try await browser.get("/manifest.webmanifest").json["name"].string == "TimeTracker")
            #expect(try await browser.get("/favicon.ico").header("content-type") == "image/svg+xml")
        }
    }

    @Test func timer() async throws {
        try await TestServer.with { server in
            let (_, project, task) = try await place(server)
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/timer").text.contains(#"value="\#(project):\#(task)""#))
            let nowhere = try await browser.post("/timer/start", [("place", ""), ("notes", "kept words")])
            #expect(nowhere.status == 422)
            #expect(nowhere.text.contains("Choose what the time is for.") && nowhere.text.contains("kept words"))

            let start = [
                ("place", "\(project):\(task)"), ("notes", "Checkout"), ("request_key", "one"),
                ("back", "/entries?tag=a"),
            ]
            // A double click.
            let replies = try await parallel(2) { _ in try await browser.post("/timer/start", start) }
            #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == "/entries?tag=a" })
            #expect(try server.sql("select count(*) from time_entries where end_time is null") == "1")
            #expect(
                try server.sql(
                    "select string_agg(action, ',' order by id) from activities where entity_type = 'time_entry'")
                    == "started,created")
            let page = try await browser.get("/dashboard")
            #expect(page.text.contains("The timer is running.") && page.text.contains(#"action="/timer/stop""#))
            #expect(page.text.contains("Checkout"))
            let state = try await browser.get("/timer/state").json
            #expect(state["version"].string?.hasPrefix("none") == false)
            #expect(try await browser.get("/timer/bar").text.contains(state["version"].string ?? "?"))

            // With another key it is another start, and one runs already.
            let second = try await browser.post("/timer/start", [("place", "\(project)"), ("request_key", "two")])
            #expect(second.status == 422 && second.text.contains("Stop the running timer first"))

            #expect(try await browser.post("/timer/pause", []).header("location") == "/dashboard")
            #expect(try server.sql("select paused_at is not null from time_entries") == "t")
            _ = try await browser.post("/timer/resume", [])
            #expect(try server.sql("select paused_at is null from time_entries") == "t")
            _ = try await browser.post("/timer/stop", [("back", "//evil.example")])
            #expect(try server.sql("select count(*) from time_entries where end_time is null") == "0")
            #expect(try await browser.post("/timer/stop", []).status == 303)
            #expect(try await browser.get("/dashboard").text.contains("No timer is running any more."))

            let entry = try server.sql("select id from time_entries")
            _ = try await browser.post("/timer/continue", [("entry_id", entry)])
            #expect(
                try server.sql("select notes || ' ' || task_id from time_entries where end_time is null")
                    == "Checkout \(task)")
            _ = try await browser.post("/timer/discard", [])
            #expect(try server.sql("select count(*) from time_entries") == "1")
            #expect(try await browser.get("/timer/state").json["version"].string == "none")
            #expect(try await browser.get("/timer/places?q=web").json["choices"][0]["value"].string == "\(project)")
        }
    }

    @Test func entries() async throws {
        try await TestServer.with { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let (_, project, task) = try await place(server)
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

    @Test func weekGrid() async throws {
        try await TestServer.with { server in
            let (_, project, _) = try await place(server)
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
            let other = try await place(server, name: "Other").project
            _ = try await browser.post(
                "/timesheet", [("week", "2026-03-02"), ("request_key", "y"), ("c \(other) 0", "1")])
            #expect(
                try server.sql("select start_time at time zone 'UTC' from time_entries where project_id = \(other)")
                    == "2026-03-02 11:00:00")
            let day = try await browser.get("/timesheet/day?date=2026-03-02")
            #expect(day.text.matches(of: /class="entry"/).count == 2)
        }
    }

    @Test func objects() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/clients/new")
            let nameless = try await browser.post("/clients/new", [("name", " "), ("email", "nobody")])
            #expect(nameless.status == 422)
            #expect(nameless.text.contains("Name is needed.") && nameless.text.contains("Not a valid email address."))
            #expect(nameless.text.contains("href=\"#f-name\"") && nameless.text.contains(#"aria-invalid="true""#))
            let client = try await browser.post(
                "/clients/new", [("name", "Harbour"), ("status", "active"), ("request_key", "c")])
            let clientPath = try #require(client.header("location"))
            #expect(clientPath.wholeMatch(of: #//clients/\d+/#) != nil)
            #expect(
                try await browser.post(
                    "/clients/new", [("name", "Harbour"), ("status", "active"), ("request_key", "c")]
                )
                .header("location") == clientPath)
            #expect(
                try await browser.post("/clients/new", [("name", "harbour"), ("request_key", "c2")]).text
                    .contains("A client with this name already exists"))
            let clientID = String(clientPath.split(separator: "/")[1])

            let project = try await browser.post(
                "/projects/new",
                [
                    ("name", "Shop"), ("client_id", clientID), ("hourly_rate", "90.5"), ("billable", "on"),
                    ("status", "active"), ("budget_threshold_percent", "80"), ("code", "shop"),
                ])
            let projectPath = try #require(project.header("location"))
            let projectID = String(projectPath.split(separator: "/")[1])
            #expect(try server.sql("select hourly_rate, code, billable from projects") == "90.50|SHOP|t")
            let bad = try await browser.post(projectPath + "/edit", [("name", "Shop"), ("hourly_rate", "much")])
            #expect(
                bad.status == 422 && bad.text.contains("Not a valid number.") && bad.text.contains(#"value="much""#))
            #expect(try await browser.post(projectPath + "/archive", []).header("location") == projectPath)
            #expect(try server.sql("select status from projects") == "archived")
            _ = try await browser.post(projectPath + "/restore", [])
            #expect(try server.sql("select status from projects") == "active")

            let task = try await browser.post(
                "/tasks/new",
                [
                    ("name", "Design"), ("project_id", projectID), ("status", "todo"), ("priority", "high"),
                    ("due_date", "2030-01-02"),
                ])
            let taskPath = try #require(task.header("location"))
            _ = try await browser.post(taskPath + "/status", [("status", "in_progress")])
            #expect(try server.sql("select status, priority, due_date from tasks") == "in_progress|3|2030-01-02")
            #expect(try await browser.post(taskPath + "/status", [("status", "nonsense")]).status == 400)
            _ = try await browser.post(clientPath + "/delete", [])
            #expect(try server.sql("select count(*) from clients") == "1")
            _ = try await browser.post(taskPath + "/delete", [])
            #expect(try server.sql("select count(*) from tasks") == "0")
        }
    }

    @Test func whatIsWrittenIsShownAsText() async throws {
        try await TestServer.with { server in
            let (client, project, task) = try await place(server, name: Self.hostile)
            let entry = try await entry(
                server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", notes: Self.hostile)
            _ = try await self.entry(server, project, "2026-03-03T09:00:00Z", "2026-03-03T10:30:00Z", notes: "=1+1")
            try server.sql("update users set full_name = '<b>boss</b>'")
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.post("/timer/start", [("place", "\(project):\(task)"), ("notes", Self.hostile)])
            for path in [
                "/dashboard", "/entries", "/entries?tag=%3Cscript%3E", "/timer/edit/\(entry)", "/projects", "/tasks",
                "/projects/\(project)", "/projects/\(project)/edit", "/tasks/\(task)", "/tasks/\(task)/edit",
                "/clients",
                "/clients/\(client)", "/clients/\(client)/edit", "/search?q=%3Cscript%3Ealert",
                "/timesheet?week=2026-03-02",
                "/timesheet/day?date=2026-03-02", "/timer/bar", "/entries/new",
                "/reports?start_date=2026-03-01&end_date=2026-03-31&group=tag",
                "/reports?start_date=2026-03-01&end_date=2026-03-31&group=task",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.text.contains("&lt;script&gt;alert(1)"), "\(path) shows it")
                for mark in ["<script>alert", "<img src=x", "<b>boss", ">49<"] {
                    #expect(!page.text.contains(mark), "\(path) contains \(mark)")
                }
            }
            let typed = try await browser.post("/projects/new", [("name", Self.hostile), ("color", Self.hostile)])
            #expect(typed.status == 422 && !typed.text.contains("<script>alert") && !typed.text.contains("<img src=x"))
            let file = try await browser.get("/import-export/entries")
            #expect(file.header("content-type") == "text/csv; charset=utf-8")
            #expect(file.text.contains(",'=1+1,"))
        }
    }

    @Test func formsNeedTheirToken() async throws {
        try await TestServer.with { server in
            let (_, project, _) = try await place(server)
            let browser = Browser(server)
            try await browser.signIn()
            let fields = [
                ("place", "\(project)"), ("date", "2026-03-02"), ("start", "9"), ("end", "10"),
                ("notes", "long <text>"),
            ]
            let forged = try await browser.post("/entries/new", fields, csrf: "old")
            #expect(forged.status == 422 && forged.text.contains("The form had expired"))
            #expect(forged.text.contains(#"name="notes" value="long &lt;text&gt;""#))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            // Sent again from there.
            let token = try #require(forged.text.firstMatch(of: /name="csrf_token" value="([^"]+)"/)).1
            #expect(try await browser.post("/entries/new", fields, csrf: String(token)).status == 303)
            #expect(
                try await browser.request(
                    "POST", "/timer/start", type: "application/x-www-form-urlencoded",
                    body: "csrf_token=\(browser.csrfToken)&place=\(project)",
                    headers: ["Sec-Fetch-Site": "cross-site", "Accept": "text/html"]
                ).status == 403)
            for path in ["/timer/start", "/timesheet", "/projects/\(project)/archive", "/import-export"] {
                #expect(try await browser.post(path, [("a", "b")], csrf: "old").status == 422, "\(path)")
            }
            #expect(try server.sql("select status from projects") == "active")
        }
    }

    @Test func cellsCountOnceAndFormsAreBounded() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await place(server)
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

    @Test func rolesAndModules() async throws {
        try await TestServer.with(workers: 1) { server in
            let (client, project, task) = try await place(server)
            let entry = try await entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            for role in ["viewer", "user", "subcontractor"] {
                try server.cli("user", "create", role, "--password", TestServer.password, "--role", role)
            }
            let viewer = Browser(server)
            try await viewer.signIn("viewer")
            let page = try await viewer.get("/projects/\(project)")
            #expect(page.status == 200 && !page.text.contains("/archive") && !page.text.contains("/timer/start"))
            for path in ["/projects/new", "/entries/new", "/import-export", "/tasks/\(task)/edit"] {
                #expect(try await viewer.get(path).status == 403, "\(path)")
            }
            for path in ["/timer/start", "/projects/\(project)/archive", "/tasks/\(task)/delete"] {
                #expect(try await viewer.post(path, [("place", "\(project)")]).status == 403, "\(path)")
            }
            let user = Browser(server)
            try await user.signIn("user")
            for path in ["/timer/edit/\(entry)", "/entries?person=1", "/admin/api-tokens"] {
                #expect(try await user.get(path).status == 403, "\(path)")
            }
            #expect(try await !user.get("/entries?person=all").text.contains("/timer/edit/\(entry)"))
            #expect(try await user.post("/timer/edit/\(entry)/delete", []).status == 403)
            #expect(try await !user.get("/reports?start_date=2026-03-01&end_date=2026-03-31").text.contains("1.50"))
            let outsider = Browser(server)
            try await outsider.signIn("subcontractor")
            for path in ["/projects/\(project)", "/tasks/\(task)", "/clients/\(client)"] {
                #expect(try await outsider.get(path).status == 403, "\(path)")
            }
            #expect(try await !outsider.get("/timer").text.contains("Website"))
            #expect(try await !outsider.get("/entries").text.contains("Website"))

            try server.sql(#"update settings set disabled_module_ids = '["clients","reports"]'"#)
            #expect(try await waitAsync(for: 1.6) { try await user.get("/reports").status == 403 })
            #expect(try await user.get("/clients").status == 403)
            #expect(try await !user.get("/dashboard").text.contains(#"href="/reports""# + " data-key"))
        }
    }

    @Test func importAndExport() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/import-export")
            let file = try await browser.get("/api/import/template/csv")
            #expect(file.header("content-disposition")?.contains("timetracker_import_template.csv") == true)
            @Sendable func upload(_ query: String, _ csv: String, token: String? = nil) async throws -> HTTPReply {
                let body =
                    "--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n\(token ?? browser.csrfToken)\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\(csv)\r\n--b--\r\n"
                return try await browser.request(
                    "POST", "/import-export?" + query, type: "multipart/form-data; boundary=b", body: body,
                    headers: ["Accept": "text/html"])
            }
            let csv = file.text + "Website,Example client,,yesterday,,,,,\r\n"
            #expect(try await upload("request_key=a", csv, token: "old").status == 303)
            let dry = try await upload("dry_run=true", csv)
            #expect(dry.status == 200 && dry.text.contains("What an import would do"))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            let replies = try await parallel(2) { _ in try await upload("request_key=a", csv) }
            #expect(replies.allSatisfy { $0.status == 200 && $0.text.contains("Rows with problems") })
            #expect(try server.sql("select count(*) from time_entries") == "2")
            #expect(try await upload("request_key=b", "nonsense").status == 422)
            let out = try await browser.get("/import-export/entries?start_date=2026-03-01&end_date=2026-03-31")
            #expect(
                out.text.contains(
                    "Website,Example client,Design,2026-03-02 09:00:00,2026-03-02 10:30:00,1.50,First draft"))
            let report = try await browser.get(
                "/reports/export?start_date=2026-03-01&end_date=2026-03-31&group=project")
            #expect(report.text == "Project,Hours,Billable hours,Entries,Value (EUR)\r\nWebsite,2.50,1.50,2,0.00\r\n")
        }
    }

    @Test func reportsAddUp() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await place(server)
            _ = try await entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", notes: "a,b")
            _ = try await entry(server, project, "2026-03-09T09:00:00Z", "2026-03-09T10:00:00Z", notes: "a")
            let browser = Browser(server)
            try await browser.signIn()
            for group in ["project", "client", "task", "person", "tag", "day", "week", "month"] {
                let page = try await browser.get("/reports?start_date=2026-03-01&end_date=2026-03-31&group=\(group)")
                #expect(page.status == 200 && page.text.contains("2.50"), "\(group)")
            }
            let api = try await server.get("/api/v1/reports/summary?start_date=2026-03-01&end_date=2026-03-31")
            #expect(api.json["summary"]["total_hours"].double == 2.5)
            let value = try await browser.get("/reports?start_date=2026-03-01&end_date=2026-03-31")
            #expect(value.text.contains("200.00 EUR"))
        }
    }

    @Test func demonstration() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("demo")
            #expect(try server.sql("select count(*) > 2000 and count(distinct user_id) = 4 from time_entries") == "t")
            #expect(
                try server.sql(
                    """
                    select count(*) from time_entries a join time_entries b on a.user_id = b.user_id and a.id < b.id
                        and a.start_time < b.end_time and a.end_time > b.start_time
                    """) == "0")
            #expect(throws: (any Error).self) { try server.cli("demo") }
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/dashboard").text.contains("Recent entries"))
        }
    }
}
