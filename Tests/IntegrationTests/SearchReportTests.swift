import Testing

/// Search and the summary report (behaviour.md §7.1, §7.3).
@Suite struct SearchReportTests {
    @Test func searchFindsAllDomains() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Website 100% Redesign", #","description":"Complete overhaul""#)
            let task =
                try await server.post(
                    "/api/v1/tasks",
                    #"{"name":"Update website","project_id":\#(project),"status":"in_progress"}"#
                ).json["task"]["id"].int ?? 0
            _ = try await server.post("/api/v1/clients", #"{"name":"Zeta","company":"Website Ltd"}"#)
            _ = try await server.post(
                "/api/v1/time-entries",
                #"""
                {"project_id":\#(project),"task_id":\#(task),"start_time":"2024-01-15T09:00:00Z",
                 "end_time":"2024-01-15T10:30:00Z","notes":"WEBSITE work","tags":"a,b"}
                """#)
            let found = try await server.get("/api/v1/search?q=%20website%20").json
            #expect(found["query"].string == "website")
            #expect(found["partial"].bool == false)
            #expect(found["errors"] == .object([:]))
            #expect(
                found["results"].array.map { $0["type"].string } == ["project", "task", "client", "client", "entry"])
            #expect(found["count"].int == 5)
            #expect(found["results"][1]["badge"].string == "In Progress")
            #expect(found["results"][1]["description"].string == "Website 100% Redesign")
            let entry = found["results"][4]
            #expect(entry["title"].string == "Website 100% Redesign • Update website")
            #expect(entry["description"].string == "WEBSITE work [a,b]")
            #expect(entry["badge"].string == "01:30:00")
            #expect(entry["url"].string?.hasPrefix("/timer/edit/") == true)
            #expect(try await server.get("/api/v1/search?q=website&types=TASK,nothing").json["count"].int == 1)
            #expect(try await server.get("/api/v1/search?q=website&types=nothing").json["count"].int == 0)
            #expect(try await server.get("/api/v1/search?q=website&limit=x&types=client").json["count"].int == 2)
            #expect(try await server.get("/api/v1/search?q=website&limit=1&types=client").json["count"].int == 1)
            #expect(try await server.get("/api/v1/search?q=100%25").json["count"].int == 2)
            #expect(try await server.get("/api/v1/search?q=%25_").json["count"].int == 0)
            for query in ["", "?q=", "?q=%20x%20"] {
                let short = try await server.get("/api/v1/search\(query)")
                #expect(short.status == 400)
                #expect(short.json["results"] == .array([]))
                #expect(short.json["errors"] == .object([:]))
                #expect(short.json["error_code"].string == "validation_error")
            }
            _ = try await server.delete("/api/v1/projects/\(project)")
            #expect(try await server.get("/api/v1/search?q=website&types=project,task").json["count"].int == 0)
        }
    }

    @Test func searchOfTheWebPages() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Garden")
            #expect(try await server.get("/api/search?q=garden").status == 401)
            let browser = Browser(server)
            try await browser.signIn()
            let found = try await browser.request("GET", "/api/search?q=garden")
            #expect(found.status == 200)
            #expect(found.json["count"].int == 2)
            #expect(found.header("x-api-deprecated") == "true")
            #expect(found.header("link")?.contains("/api/v1/search") == true)
            let short = try await browser.request("GET", "/api/search?q=%20x")
            #expect(short.status == 200)
            #expect(short.json["query"].string == "x")
            #expect(short.json["count"].int == 0)
        }
    }

    @Test func searchShowsOnlyWhatMayBeSeen() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Secret garden")
            let ann = try server.makeUser("ann")
            let contractor = try server.makeUser("con", role: "subcontractor")
            _ = try await server.post(
                "/api/v1/time-entries",
                #"""
                {"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:30:00Z",
                 "notes":"garden"}
                """#)
            #expect(try await server.get("/api/v1/search?q=garden").json["count"].int == 3)
            #expect(try await server.get("/api/v1/search?q=garden", token: ann).json["count"].int == 2)
            #expect(try await server.get("/api/v1/search?q=garden", token: contractor).json["count"].int == 0)
            let other = try server.makeUser("eve", scopes: "read:clients")
            #expect(try await server.get("/api/v1/search?q=garden", token: other).status == 403)
        }
    }

    @Test func oneFailingDomainLeavesTheOthers() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Garden")
            try server.sql("alter table tasks rename column description to gone")
            let found = try await server.get("/api/v1/search?q=garden")
            #expect(found.status == 200)
            #expect(found.json["partial"].bool == true)
            #expect(found.json["errors"] == .object(["tasks": .string("search temporarily unavailable")]))
            #expect(found.json["results"].array.map { $0["type"].string } == ["project", "client"])
        }
    }

    @Test func summaryAddsUpSecondsAndRoundsOnce() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Alpha")
            let ann = try server.makeUser("ann")
            func book(_ start: String, _ end: String, _ more: String = "", token: String? = nil) async throws {
                let reply = try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)"\#(more)}"#, token: token)
                #expect(reply.status == 201)
            }
            // Three times 18 s: 0.015 h in all, 0.02 rounded once, 0.03 if each were.
            for hour in ["08", "09", "10"] { try await book("2024-01-10T\(hour):00:00Z", "2024-01-10T\(hour):00:18Z") }
            try await book("2024-01-31T23:59:59Z", "2024-02-01T00:59:59Z", #","billable":false"#)
            try await book("2024-02-01T00:00:00Z", "2024-02-01T01:00:00Z")
            try await book("2024-01-20T00:00:00Z", "2024-01-20T02:00:00Z", token: ann)
            let client = try await server.post("/api/v1/clients", #"{"name":"Only"}"#).json["client"]["id"].int ?? 0
            _ = try await server.post(
                "/api/v1/time-entries",
                #"{"client_id":\#(client),"start_time":"2024-01-05T00:00:00Z","end_time":"2024-01-05T00:30:00Z"}"#)
            let path = "/api/v1/reports/summary?start_date=2024-01-01&end_date=2024-01-31"
            let all = try await server.get(path).json["summary"]
            #expect(all["start_date"].string == "2024-01-01T00:00:00Z")
            #expect(all["end_date"].string == "2024-01-31T23:59:59Z")
            #expect(all["total_entries"].int == 6)
            #expect(all["total_hours"].double == 3.52)
            #expect(all["billable_hours"].double == 2.52)
            #expect(all["by_project"].array.count == 1)
            #expect(all["by_project"][0]["hours"].double == 3.02)
            #expect(all["by_project"][0]["entries"].int == 5)
            #expect(try await server.get(path, token: ann).json["summary"]["total_hours"].double == 2)
            #expect(try await server.get(path + "&user_id=1", token: ann).status == 403)
            #expect(try await server.get(path + "&user_id=1").json["summary"]["total_entries"].int == 5)
            #expect(try await server.get(path + "&project_id=99").json["summary"]["total_entries"].int == 0)
            #expect(
                try await server.get("/api/v1/reports/summary?start_date=2024-02-01&end_date=2024-01-01").json["errors"]
                    .keys == ["end_date"])
            #expect(try await server.get("/api/v1/reports/summary?start_date=x").status == 400)
            let now = try await server.get("/api/v1/reports/summary").json["summary"]
            #expect(now["total_entries"].int == 0)
            try server.cli("settings", "set", "timezone", "Europe/Brussels")
            let isLocal = try await waitAsync(for: 5) {
                try await server.get(path).json["summary"]["start_date"].string == "2023-12-31T23:00:00Z"
            }
            #expect(isLocal)
        }
    }

    /// Entries of older databases that have an end and no duration.
    @Test func entriesWithoutDurationAreFoundAndNoWork() async throws {
        try await TestServer.with(workers: 1) { server in
            for name in ["Timed", "Untimed"] {
                let project = try await server.makeProject(name)
                let response = try await server.post(
                    "/api/v1/time-entries",
                    #"""
                    {"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z",
                     "notes":"entry of \#(name)"}
                    """#)
                #expect(response.status == 201)
            }
            try server.sql("update time_entries set duration_seconds = null where notes like '%Untimed'")
            let path = "/api/v1/reports/summary?start_date=2024-01-01&user_id=1"
            let summary = try await server.get(path).json["summary"]
            #expect(summary["by_project"].array.map { $0["project_name"].string } == ["Timed"])
            #expect(summary["total_entries"].int == 1)
            let found = try await server.get("/api/v1/search?q=Untimed&types=entry").json
            #expect(found["errors"] == .object([:]))
            #expect(found["results"].array.map { $0["badge"].string } == [""])
        }
    }
}
