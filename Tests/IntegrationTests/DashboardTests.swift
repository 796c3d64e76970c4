import Testing

/// `/api/stats/value-dashboard` and `/api/reports/week-comparison` (behaviour.md §7). Sums are in DashboardQueryTests.
@Suite struct DashboardTests {
    @Test func dashboards() async throws {
        try await TestServer.with(["TZ": "Europe/Berlin"]) { server in
            let browser = Browser(server)
            for path in ["/api/stats/value-dashboard", "/api/reports/week-comparison"] {
                let reply = try await browser.request("GET", path)
                #expect(reply.status == 401)
                #expect(reply.json["error_code"].string == "unauthorized")
                // Tokens are not accepted here.
                #expect(try await server.get(path).status == 401)
            }
            try await browser.signIn()
            let empty = try await browser.request("GET", "/api/stats/value-dashboard")
            #expect(empty.status == 200)
            #expect(
                empty.json.keys == [
                    "total_hours", "entries_count", "active_days", "avg_session_length", "most_productive_day",
                    "this_week_hours", "this_month_hours", "last_7_days", "estimated_value_tracked",
                    "estimated_value_currency",
                ])
            #expect(empty.json["estimated_value_tracked"].isNull)
            #expect(empty.json["most_productive_day"].isNull)
            #expect(empty.text.contains(#""avg_session_length":0.0"#))
            #expect(empty.json["last_7_days"].array.count == 7)
            let key = try Tool.run(
                "redis-cli",
                [
                    "-s", (server.environment["REDIS_URL"] ?? "").replacing("unix://", with: ""), "--scan", "--pattern",
                    "\(server.prefix):value_dashboard:*",
                ])
            let today = try server.sql("select (now() at time zone 'Europe/Berlin')::date")
            #expect(key.hasSuffix(":\(today)"))

            // What is kept is what is served, until it is forgotten.
            let project = try await server.makeProject()
            try server.sql("update projects set hourly_rate = 80 where id = \(project)")
            try server.sql(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds)
                select id, \(project), now() - interval '1 microsecond', now() + interval '30 minutes', 1800
                from users where username = 'admin'
                """)
            try server.redis("--scan", "--pattern", "*value_dashboard:*", forEach: "DEL")
            let full = try await browser.request("GET", "/api/stats/value-dashboard")
            #expect(full.json["entries_count"].int == 1)
            #expect(full.json["total_hours"].double == 0.5)
            #expect(full.json["estimated_value_tracked"].double == 40)
            #expect(full.json["last_7_days"][6]["date"].string == today)
            #expect(full.json["last_7_days"][6]["hours"].double == 0.5)
            try server.sql("delete from time_entries")
            #expect(try await browser.request("GET", "/api/stats/value-dashboard").body == full.body)
        }
    }

    /// A figure must be right as soon as a write has answered, whatever is kept in Redis.
    @Test func ownWritesShowAtOnce() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            func figures() async throws -> JSON {
                try await browser.request("GET", "/api/stats/value-dashboard").json
            }
            let project = try await server.makeProject("P", #","hourly_rate":10"#)
            #expect(try await figures()["entries_count"].int == 0)
            let entry =
                try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z"}"#
                ).json["time_entry"]["id"].int ?? 0
            #expect(try await figures()["estimated_value_tracked"].double == 10)
            _ = try await server.put("/api/v1/projects/\(project)", #"{"hourly_rate":20}"#)
            #expect(try await figures()["estimated_value_tracked"].double == 20)
            _ = try await server.put("/api/v1/time-entries/\(entry)", #"{"billable":false}"#)
            #expect(try await figures()["estimated_value_tracked"].isNull)
            _ = try await server.delete("/api/v1/time-entries/\(entry)")
            #expect(try await figures()["entries_count"].int == 0)
        }
    }

    @Test func weekComparison() async throws {
        try await TestServer.with(workers: 1, ["TZ": "Europe/Berlin"]) { server in
            let browser = Browser(server)
            try await browser.signIn()
            let project = try await server.makeProject()
            try server.sql(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds)
                select u.id, \(project), t, t + interval '2 hours', 7200
                from users u, (select (date_trunc('day', now() at time zone 'Europe/Berlin') - interval '7 days')
                    at time zone 'Europe/Berlin' as t) as x where username = 'admin'
                """)
            let reply = try await browser.request("GET", "/api/reports/week-comparison")
            #expect(reply.status == 200)
            let weekday =
                Int(try server.sql("select extract(isodow from now() at time zone 'Europe/Berlin')::int")) ?? 0
            #expect(reply.json["current_week"]["by_day"].array.count == weekday)
            #expect(reply.json["last_week"]["by_day"].array.count == weekday)
            #expect(reply.json["last_week"]["total_hours"].double == 2)
            #expect(reply.json["last_week"]["by_day"][weekday - 1]["hours"].double == 2)
            #expect(reply.json["current_week"]["total_hours"].double == 0)
            #expect(reply.json["change_percent"].double == -100)
        }
    }
}
