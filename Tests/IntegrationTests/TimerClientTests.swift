import Testing

/// Timers as the clients that exist use them: stop times, heartbeats, whole seconds.
@Suite struct TimerClientTests {
    /// A timer started `seconds` ago; returns its id and the instant, as the server shows it.
    private static func start(_ server: TestServer, _ project: Int, ago seconds: Int) async throws -> (
        id: Int, start: String
    ) {
        let timer = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).json["timer"]
        guard let id = timer["id"].int else { throw TestServer.Failure(description: "\(timer)") }
        let time = try server.sql(
            """
            select to_char((date_trunc('second', now()) - interval '\(seconds) seconds') at time zone 'UTC',
                           'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            """)
        _ = try await server.put("/api/v1/time-entries/\(id)", #"{"start_time":"\#(time)"}"#)
        return (id, time)
    }

    private static func instant(_ server: TestServer, _ expression: String) throws -> String {
        try server.sql(
            "select to_char((\(expression)) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from time_entries")
    }

    @Test func stopTimes() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let (id, start) = try await Self.start(server, project, ago: 3600)
            let half = try Self.instant(server, "start_time + interval '30 minutes'")
            for bad in [
                #""yesterday""#, #""2024-01-15""#, "17", "true", #""""#, "[]", "{}", #""2024-01-15T09:00:00Z""#,
                #""\#(start)""#,
            ] {
                let reply = try await server.post("/api/v1/timer/stop", #"{"stop_time":\#(bad)}"#)
                #expect(reply.status == 400, "\(bad)")
                #expect(reply.json["error_code"].string == "invalid_stop_time", "\(bad)")
                #expect(reply.json["errors"].keys == ["stop_time"])
            }
            #expect(try await server.get("/api/v1/timer/status").json["active"].bool == true)
            let stopped = try await server.post("/api/v1/timer/stop", #"{"stop_time":"\#(half)"}"#)
            #expect(stopped.status == 200)
            let entry = stopped.json["time_entry"]
            #expect(entry["id"].int == id && entry["end_time"].string == half)
            #expect(entry["duration_seconds"].int == 1800)

            // In the future: now. Null: as if it were not there. Fractions are cut.
            for body in [#"{"stop_time":"2999-01-01T00:00:00Z"}"#, #"{"stop_time":null}"#, ""] {
                _ = try await Self.start(server, project, ago: 60)
                let entry = try await server.post("/api/v1/timer/stop", body).json["time_entry"]
                #expect((60...70).contains(entry["duration_seconds"].int ?? 0), "\(body)")
            }
            let later = try await Self.start(server, project, ago: 600)
            let fraction =
                try Self.instant(server, "max(start_time) filter (where end_time is null) + interval '5 minutes'")
                .dropLast() + ".999Z"
            let cut = try await server.post(
                "/api/v1/timer/stop", #"{"stop_time":"\#(fraction)","entry_id":\#(later.id)}"#)
            #expect(cut.json["time_entry"]["duration_seconds"].int == 300)
            #expect(
                try await server.post("/api/v1/timer/stop", #"{"stop_time":"2024-01-15T09:00:00Z"}"#).json["error_code"]
                    .string == "no_active_timer")
        }
    }

    /// A pause that began after the stop time takes nothing away.
    @Test func stopTimeOfAPausedTimer() async throws {
        try await TestServer.with(workers: 1, ["TZ": "Europe/Brussels"]) { server in
            let project = try await server.makeProject()
            _ = try await Self.start(server, project, ago: 7200)
            _ = try await server.post("/api/v1/timer/pause", "")
            try server.sql("update time_entries set paused_at = date_trunc('second', now()) - interval '30 minutes'")
            // A wall time of the app zone.
            let wall = try server.sql(
                """
                select to_char((start_time + interval '1 hour 40 minutes') at time zone 'Europe/Brussels',
                               'YYYY-MM-DD HH24:MI:SS') from time_entries
                """)
            let entry = try await server.post("/api/v1/timer/stop", #"{"stop_time":"\#(wall)"}"#).json["time_entry"]
            #expect((598...602).contains(entry["break_seconds"].int ?? 0))
            #expect((5398...5402).contains(entry["duration_seconds"].int ?? 0))
            #expect(entry["paused_at"].isNull)
        }
    }

    @Test func theRefusalOfASecondTimerCarriesTheFirst() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let timer = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project),"notes":"first"}"#)
                .json["timer"]
            let bodies = [
                ("/api/v1/timer/start", #"{"project_id":\#(project)}"#),
                ("/api/v1/time-entries", #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z"}"#),
            ]
            for (path, body) in bodies {
                let refused = try await server.post(path, body)
                #expect(refused.status == 409 && refused.json["error_code"].string == "timer_already_running")
                #expect(refused.json["timer"]["id"] == timer["id"])
                #expect(refused.json["timer"]["notes"].string == "first")
                #expect(refused.json["timer"].keys == timer.keys)
            }
        }
    }

    @Test func heartbeats() async throws {
        try await TestServer.with(workers: 1, ["JOBS": "false"]) { server in
            let project = try await server.makeProject()
            try server.sql("update settings set idle_timeout_minutes = 45")
            let none = try await server.post("/api/v1/timer/heartbeat", "")
            #expect(none.status == 400 && none.json["error_code"].string == "no_active_timer")
            let timer = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).json["timer"]
            #expect(timer["last_heartbeat_at"].isNull && timer["idle_notified_at"].isNull)
            #expect(timer["idle_notified"].bool == false)
            let id = try #require(timer["id"].int)
            let before = try await server.get("/api/v1/time-entries/\(id)")
            let beat = try await server.post("/api/v1/timer/heartbeat", "")
            #expect(beat.status == 204 && beat.body.isEmpty && beat.header("content-type") == nil)
            let after = try await server.get("/api/v1/time-entries/\(id)")
            #expect(after.json["time_entry"]["last_heartbeat_at"].string != nil)
            // Nobody has edited the entry, so an edit dialog that is open may still save.
            #expect(after.json["time_entry"]["updated_at"] == before.json["time_entry"]["updated_at"])
            #expect(after.header("etag") == before.header("etag"))

            try server.sql(
                "update time_entries set idle_notified_at = now(), last_heartbeat_at = now() - interval '1 hour'")
            let isInForce = try await waitAsync(for: 10) {
                try await server.get("/api/v1/timer/status").json["idle_timeout_minutes"].int == 45
            }
            #expect(isInForce)
            let idle = try await server.get("/api/v1/timer/status").json
            #expect(idle["idle_notified"].bool == true && idle["timer"]["idle_notified"].bool == true)
            #expect(idle["timer"]["idle_notified_at"].string != nil)
            // Any body will do.
            #expect(try await server.post("/api/v1/timer/heartbeat", "[17]").status == 204)
            let active = try await server.get("/api/v1/timer/status").json
            #expect(active["idle_notified"].bool == false && active["timer"]["idle_notified_at"].isNull)
            #expect(try server.sql("select last_heartbeat_at > now() - interval '1 minute' from time_entries") == "t")

            // Pausing and going on are activity too.
            for path in ["pause", "resume"] {
                try server.sql(
                    "update time_entries set idle_notified_at = now(), last_heartbeat_at = now() - interval '1 hour'")
                let entry = try await server.post("/api/v1/timer/\(path)", "").json["time_entry"]
                #expect(entry["idle_notified"].bool == false)
                #expect(
                    try server.sql("select last_heartbeat_at > now() - interval '1 minute' from time_entries") == "t")
            }
            let viewer = try server.makeUser("vic", role: "viewer")
            #expect(try await server.post("/api/v1/timer/heartbeat", "", token: viewer).status == 403)
            let reader = try server.makeUser("ron", scopes: "read:*")
            #expect(try await server.post("/api/v1/timer/heartbeat", "", token: reader).status == 403)
            let keyed = try await server.post("/api/v1/timer/heartbeat", "", headers: ["Idempotency-Key": "k"])
            let again = try await server.post("/api/v1/timer/heartbeat", "", headers: ["Idempotency-Key": "k"])
            #expect(keyed.status == 204 && again.status == 204)
            #expect(again.header("idempotency-replayed") == "true")
        }
    }

    /// It is the person who is at work: an older timer that once got heartbeats gets this one too, one that never did stays
    /// free of them.
    @Test func heartbeatsOfSeveralTimers() async throws {
        try await TestServer.with(workers: 1, ["JOBS": "false"]) { server in
            let project = try await server.makeProject()
            try server.sql(
                """
                update settings set single_active_timer = false;
                insert into time_entries (user_id, project_id, source, start_time, last_heartbeat_at, notes) values
                    (1, \(project), 'auto', now() - interval '3 hours', now() - interval '2 hours', 'beating'),
                    (1, \(project), 'auto', now() - interval '2 hours', null, 'silent'),
                    (1, \(project), 'auto', now() - interval '1 hour', null, 'newest')
                """)
            #expect(try await server.post("/api/v1/timer/heartbeat", "").status == 204)
            #expect(
                try server.sql(
                    """
                    select string_agg(notes, ' ' order by notes) from time_entries
                    where last_heartbeat_at > now() - interval '1 minute'
                    """) == "beating newest")
        }
    }

    /// What is shown can be written back, filtered by, and touched by the next entry.
    @Test func wholeSeconds() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            func entry(_ id: Int) async throws -> JSON {
                try await server.get("/api/v1/time-entries/\(id)").json["time_entry"]
            }
            // Until one was stopped in the second in which it started.
            var shortest = JSON.null
            for _ in 0..<20 {
                _ = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#)
                _ = try await server.post("/api/v1/timer/pause", "")
                _ = try await server.post("/api/v1/timer/heartbeat", "")
                shortest = try await server.post("/api/v1/timer/stop", "").json["time_entry"]
                if shortest["start_time"] == shortest["end_time"] { break }
            }
            #expect(shortest["start_time"] == shortest["end_time"] && shortest["duration_seconds"].int == 0)
            let long = try await Self.start(server, project, ago: 3601)
            let stopped = try await server.post("/api/v1/timer/stop", "").json["time_entry"]
            #expect(
                try server.sql(
                    """
                    select count(*) from time_entries, lateral (values (start_time), (end_time), (paused_at),
                        (last_heartbeat_at)) v (t) where t <> date_trunc('second', t)
                    """) == "0")
            let seconds = try #require(stopped["duration_seconds"].int)
            #expect(
                seconds
                    == Int(
                        try server.sql(
                            "select extract(epoch from end_time - start_time)::int from time_entries where id = \(long.id)"
                        )
                    ))
            for entry in [shortest, stopped] {
                let id = try #require(entry["id"].int)
                let (start, end) = (entry["start_time"].string ?? "", entry["end_time"].string ?? "")
                let written = try await server.put(
                    "/api/v1/time-entries/\(id)", #"{"start_time":"\#(start)","end_time":"\#(end)"}"#)
                #expect(written.status == 200, "\(written.text)")
                #expect(written.json["time_entry"]["duration_seconds"] == entry["duration_seconds"])
                let found = try await server.get("/api/v1/time-entries?start_date=\(start)&end_date=\(start)")
                #expect(found.json["time_entries"].array.contains { $0["id"].int == id })
            }
            // By hand an entry still has to have an end after its start.
            let (start, id) = (stopped["start_time"].string ?? "", stopped["id"].int ?? 0)
            for (method, path, body) in [
                (
                    "POST", "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"\#(start)","end_time":"\#(start)"}"#
                ),
                (
                    "PUT", "/api/v1/time-entries/\(id)", #"{"end_time":"\#(start)"}"#
                ),
            ] {
                let reply = try await server.request(method, path, body)
                #expect(reply.status == 400 && reply.json["errors"].keys == ["end_time"])
            }
        }
    }

    @Test func theNextEntryTouchesTheLast() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            try server.sql(
                "update settings set prevent_overlapping_entries = true, time_entry_require_description = true,"
                    + " time_entry_description_min_length = 1")
            let isInForce = try await waitAsync(for: 10) {
                try await server.get("/api/v1/users/me").json["time_entry_requirements"]["require_description"].bool
                    == true
            }
            #expect(isInForce)
            _ = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project),"notes":"n"}"#)
            let end = try await server.post("/api/v1/timer/stop", "").json["time_entry"]["end_time"].string ?? ""
            let next = try await server.post(
                "/api/v1/time-entries",
                #"{"project_id":\#(project),"notes":"n","start_time":"\#(end)","end_time":"2999-01-01T00:00:00Z"}"#)
            #expect(next.status == 201, "\(next.text)")
        }
    }

    @Test func manualEntriesTakeTheProjectsBillability() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Internal", #","billable":false"#)
            let span = #""start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z""#
            for (body, expected) in [
                (#"{"project_id":\#(project),\#(span)}"#, false),
                (#"{"project_id":\#(project),\#(span),"billable":true}"#, true),
                (#"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z"}"#, false),
                (#"{"project_id":\#(try await server.makeProject()),\#(span)}"#, true),
                (#"{"client_id":1,\#(span)}"#, true),
            ] {
                let reply = try await server.post("/api/v1/time-entries", body)
                #expect(reply.json["time_entry"]["billable"].bool == expected, "\(body): \(reply.text)")
            }
        }
    }
}
