import Testing

/// Time entries and timers over HTTP (behaviour.md §5).
@Suite struct TimeEntryTests {
    private static let nineToFive = #""start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z""#

    @Test func createReadUpdateDelete() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Web")
            let task =
                try await server.post("/api/v1/tasks", #"{"name":"T","project_id":\#(project)}"#).json["task"]["id"].int
                ?? 0
            let created = try await server.post(
                "/api/v1/time-entries",
                #"{"project_id":\#(project),"task_id":\#(task),\#(Self.nineToFive),"notes":"Worked on feature X","tags":"development,frontend","billable":true}"#
            )
            #expect(created.status == 201)
            let entry = created.json["time_entry"]
            #expect(entry["duration_seconds"].int == 28800)
            #expect(entry["duration_hours"].double == 8)
            #expect(entry["duration_formatted"].string == "08:00:00")
            #expect(entry["tag_list"].array.map(\.string) == ["development", "frontend"])
            #expect(
                entry["source"].string == "manual" && entry["task"].string == "T" && entry["user"].string == "admin")
            let id = try #require(entry["id"].int)
            #expect(try await server.get("/api/v1/time-entries/\(id)").json["time_entry"] == entry)
            #expect(try await server.get("/api/v1/projects/\(project)").json["project"]["total_hours"].double == 8)

            let updated = try await server.put(
                "/api/v1/time-entries/\(id)", #"{"break_seconds":1800,"notes":null,"task_id":null}"#)
            #expect(updated.json["time_entry"]["duration_seconds"].int == 27000)
            #expect(updated.json["time_entry"]["notes"].isNull && updated.json["time_entry"]["task_id"].isNull)
            let reversed = try await server.put("/api/v1/time-entries/\(id)", #"{"end_time":"2024-01-15T08:00:00Z"}"#)
            #expect(reversed.json["errors"].keys == ["end_time"])
            let paid = try await server.put("/api/v1/time-entries/\(id)", #"{"paid":true,"invoice_number":"I-1"}"#)
            #expect(paid.json["time_entry"]["invoice_number"].string == "I-1")
            let unpaid = try await server.put("/api/v1/time-entries/\(id)", #"{"paid":false}"#)
            #expect(unpaid.json["time_entry"]["invoice_number"].isNull)
            #expect(try await server.put("/api/v1/time-entries/\(id)", #"{"end_time":null}"#).status == 400)

            let stale = try await server.put(
                "/api/v1/time-entries/\(id)", #"{"notes":"x","if_updated_at":"2020-01-01T00:00:00Z"}"#)
            #expect(stale.status == 409 && stale.json["error_code"].string == "conflict")
            let current =
                try await server.get("/api/v1/time-entries/\(id)").json["time_entry"]["updated_at"].string ?? ""
            #expect(
                try await server.put("/api/v1/time-entries/\(id)", #"{"if_updated_at":"\#(current)"}"#).status == 200)

            #expect(
                try await server.request("DELETE", "/api/v1/time-entries/\(id)", #"{"reason":"mistake"}"#).status == 200
            )
            #expect(try await server.delete("/api/v1/time-entries/\(id)").status == 404)
            #expect(try await server.get("/api/v1/projects/\(project)").json["project"]["total_hours"].double == 0)
        }
    }

    @Test func refusals() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let other = try await server.makeProject()
            let task =
                try await server.post("/api/v1/tasks", #"{"name":"T","project_id":\#(other)}"#).json["task"]["id"].int
                ?? 0
            func errors(_ body: String) async throws -> Set<String> {
                let reply = try await server.post("/api/v1/time-entries", body)
                #expect(reply.status == 400)
                return reply.json["errors"].keys
            }
            #expect(try await errors("{}") == ["start_time", "project_id"])
            #expect(
                try await errors(#"{"project_id":true,"start_time":"2024-01-15","notes":5}"#) == [
                    "project_id", "start_time", "notes",
                ])
            #expect(try await errors(#"{"project_id":999,\#(Self.nineToFive)}"#) == ["project_id"])
            #expect(
                try await errors(#"{"project_id":\#(project),"task_id":\#(task),\#(Self.nineToFive)}"#) == ["task_id"])
            #expect(
                try await errors(
                    #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T09:00:00Z"}"#
                )
                    == ["end_time"])
            #expect(
                try await errors(#"{"project_id":\#(project),"notes":"a\u0000b",\#(Self.nineToFive)}"#) == ["notes"])
            #expect(try await errors(#"{"project_id":\#(project),"user_id":999,\#(Self.nineToFive)}"#) == ["user_id"])
            _ = try await server.delete("/api/v1/projects/\(project)")
            let archived = try await server.post(
                "/api/v1/time-entries", #"{"project_id":\#(project),\#(Self.nineToFive)}"#)
            #expect(archived.status == 400 && archived.json["error_code"].string == "project_archived")
            #expect(try await server.get("/api/v1/time-entries?billable=maybe").status == 400)
            #expect(try await server.get("/api/v1/time-entries?start_date=yesterday").status == 400)
        }
    }

    @Test func clientOnlyEntriesAndFilters() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let client = try await server.post("/api/v1/clients", #"{"name":"Solo"}"#).json["client"]["id"].int ?? 0
            let entry = try await server.post(
                "/api/v1/time-entries",
                #"{"client_id":\#(client),"project_id":null,\#(Self.nineToFive),"billable":false}"#)
            #expect(entry.json["time_entry"]["client"].string == "Solo")
            let mixed = try await server.post(
                "/api/v1/time-entries", #"{"client_id":\#(client),"project_id":\#(project),\#(Self.nineToFive)}"#)
            #expect(mixed.json["errors"].keys == ["client_id"])
            _ = try await server.post(
                "/api/v1/time-entries",
                #"{"project_id":\#(project),"start_time":"2024-02-01T23:30:00Z","end_time":"2024-02-02T00:30:00Z","tags":"A, b"}"#
            )
            func total(_ query: String) async throws -> Int? {
                try await server.get("/api/v1/time-entries?\(query)").json["pagination"]["total"].int
            }
            #expect(try await total("") == 2)
            #expect(try await total("billable=false") == 1)
            #expect(try await total("project_id=\(project)") == 1)
            #expect(try await total("client_id=\(client)") == 1)
            #expect(try await total("start_date=2024-02-01&end_date=2024-02-01") == 1)
            #expect(try await total("end_date=2024-01-31") == 1)
            #expect(try await total("start_date=2024-02-01T23:30:00%2B00:00") == 1)
            #expect(try await total("start_date=2024-02-01T23:30:00+00:00") == 1)
            #expect(try await total("start_date=2024-02-01T23:31:00Z") == 0)
            #expect(try await total("tag=a") == 1)
            #expect(try await total("user_id=1") == 2)
        }
    }

    @Test func wallTimesOfTheAppZone() async throws {
        try await TestServer.with(workers: 1, ["TZ": "Europe/Brussels"]) { server in
            let project = try await server.makeProject()
            func span(_ start: String, _ end: String) async throws -> [String?] {
                let reply = try await server.post(
                    "/api/v1/time-entries", #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(end)"}"#
                )
                return [reply.json["time_entry"]["start_time"].string, reply.json["time_entry"]["end_time"].string]
            }
            #expect(
                try await span("2024-07-01T09:00:00", "2024-07-01 10:00") == [
                    "2024-07-01T07:00:00Z", "2024-07-01T08:00:00Z",
                ])
            // Autumn: 02:30 happens twice and means the later one. Spring: 02:30 doesn't exist and moves forward.
            #expect(
                try await span("2024-10-27T02:30:00", "2024-10-27T03:30:00") == [
                    "2024-10-27T01:30:00Z", "2024-10-27T02:30:00Z",
                ])
            #expect(
                try await span("2024-03-31T02:30:00", "2024-03-31T04:00:00") == [
                    "2024-03-31T01:30:00Z", "2024-03-31T02:00:00Z",
                ])
            #expect(
                try await span("2024-07-02T09:00:00+0200", "2024-07-02T08:00:00Z") == [
                    "2024-07-02T07:00:00Z", "2024-07-02T08:00:00Z",
                ])
            let day = try await server.get("/api/v1/time-entries?start_date=2024-07-01&end_date=2024-07-01")
            #expect(day.json["pagination"]["total"].int == 1)
        }
    }

    @Test func timer() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            #expect(
                try await server.get("/api/v1/timer/status").json
                    == .object([
                        "active": .bool(false), "timer": .null, "idle_timeout_minutes": .number(30),
                        "idle_notified": .bool(false),
                    ]))
            #expect(try await server.post("/api/v1/timer/stop", "{}").json["error_code"].string == "no_active_timer")
            #expect(
                try await server.post("/api/v1/timer/start", "{}").json["errors"]["project_id"][0].string
                    == "project_id is required")
            #expect(
                try await server.post("/api/v1/timer/start", #"{"project_id":99}"#).json["error_code"].string
                    == "invalid_project")
            let started = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#)
            #expect(started.status == 201)
            #expect(started.json["timer"]["is_active"].bool == true && started.json["timer"]["source"].string == "auto")
            let id = try #require(started.json["timer"]["id"].int)
            #expect(
                try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).json["error_code"].string
                    == "timer_already_running")
            let second = try await server.post(
                "/api/v1/time-entries", #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z"}"#)
            #expect(second.status == 409)
            #expect(
                try await server.put("/api/v1/time-entries/\(id)", #"{"end_time":"2030-01-01T00:00:00Z"}"#).json[
                    "error_code"
                ].string == "timer_active")
            #expect(try await server.delete("/api/v1/time-entries/\(id)").json["error_code"].string == "timer_active")
            #expect(try await server.post("/api/v1/timer/resume", "").json["error_code"].string == "invalid_state")
            #expect(try await server.post("/api/v1/timer/pause", "").json["time_entry"]["paused_at"].string != nil)
            #expect(try await server.post("/api/v1/timer/pause", "").json["error_code"].string == "invalid_state")
            try server.sql(
                "update time_entries set start_time = now() - interval '1 hour', paused_at = now() - interval '10 minutes'"
            )
            let stopped = try await server.post("/api/v1/timer/stop", "")
            #expect(stopped.status == 200)
            let entry = stopped.json["time_entry"]
            #expect((599...602).contains(entry["break_seconds"].int ?? 0))
            #expect((2998...3001).contains(entry["duration_seconds"].int ?? 0))
            #expect(entry["paused_at"].isNull)
            try server.cli("settings", "set", "single_active_timer", "false")
            #expect(try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).status == 201)
            let isSecondTaken = try await waitAsync(for: 10) {
                try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).status == 201
            }
            #expect(isSecondTaken)
        }
    }

    @Test func installationRules() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            try server.sql(
                """
                update settings set prevent_overlapping_entries = true, rounding_minutes = 15, time_entry_require_description = true,
                                    time_entry_description_min_length = 5
                """)
            let isInForce = try await waitAsync(for: 10) {
                try await server.get("/api/v1/users/me").json["time_entry_requirements"]["require_description"].bool
                    == true
            }
            #expect(isInForce)
            @Sendable func create(_ more: String, _ start: String, _ end: String) async throws -> HTTPReply {
                try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"2024-01-15T\#(start)Z","end_time":"2024-01-15T\#(end)Z"\#(more)}"#
                )
            }
            #expect(try await create("", "09:00:00", "10:00:00").json["error_code"].string == "description_required")
            #expect(
                try await create(#","notes":" abc "}"#.replacing("}", with: ""), "09:00:00", "10:00:00").json[
                    "error_code"
                ].string == "description_too_short")
            let rounded = try await create(#","notes":"enough""#, "09:00:00", "09:07:30")
            #expect(rounded.json["time_entry"]["duration_seconds"].int == 900)
            #expect(
                try await create(#","notes":"enough""#, "09:05:00", "10:00:00").json["error_code"].string
                    == "overlapping_entry")
            #expect(try await create(#","notes":"enough""#, "09:07:30", "10:00:00").status == 201)
            let raced = try await parallel(10) { _ in
                try await create(#","notes":"enough""#, "12:00:00", "13:00:00").status
            }
            #expect(raced.filter { $0 == 201 }.count == 1)
        }
    }
}
