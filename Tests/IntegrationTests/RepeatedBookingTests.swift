import Testing

/// Bookings on a place that the worker knows already, which are written without being looked up first: they are the same
/// as the first one, and nothing that changed in between is missed.
@Suite struct RepeatedBookingTests {
    /// A project with a task, and what books an hour on it; `booked` counts the hours.
    private final class Place {
        let server: TestServer
        let project: Int
        let task: Int
        private var hour = 0

        init(_ server: TestServer) async throws {
            self.server = server
            project = try await server.makeProject("Web")
            task =
                try await server.post("/api/v1/tasks", #"{"name":"T","project_id":\#(project)}"#).json["task"]["id"].int
                ?? 0
        }

        func book(_ more: String = "", headers: [String: String] = [:]) async throws -> HTTPReply {
            hour += 1
            let day = "2024-01-\(10 + hour / 20)"
            let times =
                #""start_time":"\#(day)T\#(10 + hour % 10):00:00Z","end_time":"\#(day)T\#(10 + hour % 10):30:00Z""#
            return try await server.post(
                "/api/v1/time-entries", #"{"project_id":\#(project),"task_id":\#(task),\#(times)\#(more)}"#,
                headers: headers)
        }
    }

    @Test func theyAreLikeTheFirst() async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            var ids: [Int] = []
            for _ in 0..<3 {
                let reply = try await place.book(
                    #","notes":"n","tags":"a, B","invoice_number":"I-1","break_seconds":60"#)
                #expect(reply.status == 201)
                let entry = reply.json["time_entry"]
                let id = try #require(entry["id"].int)
                ids.append(id)
                let read = try await server.get("/api/v1/time-entries/\(id)")
                #expect(read.json["time_entry"] == entry && read.header("etag") == reply.header("etag"))
                #expect(entry["duration_seconds"].int == 1740 && entry["task"].string == "T")
            }
            #expect(ids == ids.sorted() && Set(ids).count == 3)
            let rows = try server.sql(
                """
                select count(*), count(distinct (action, entity_type, entity_name, description, user_id, ip_address, user_agent))
                from activities where entity_type = 'time_entry' and entity_id in (\(ids.map(String.init).joined(separator: ",")))
                """)
            #expect(rows == "3|1")
        }
    }

    @Test func aKeyIsHonoured() async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            #expect(try await place.book().status == 201)
            let first = try await place.book(headers: ["Idempotency-Key": "k"])
            let second = try await place.book(headers: ["Idempotency-Key": "k"])
            #expect(first.status == 201 && second.body == first.body)
            #expect(second.header("idempotency-replayed") == "true")
            #expect(try server.sql("select response_body from api_idempotency_keys") == first.text)
            #expect(try server.sql("select count(*) from time_entries") == "2")
        }
    }

    @Test(arguments: [
        ("update projects set status = 'archived'", 400), ("delete from tasks", 400),
        ("update users set is_active = false where username = 'b'", 400),
    ])
    func whatIsNotAllowedAnyMoreIsRefused(change: String, status: Int) async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            _ = try server.makeUser("b")
            let other = try server.sql("select id from users where username = 'b'")
            let member = #","user_id":\#(other)"#
            for _ in 0..<2 { #expect(try await place.book(member).status == 201) }
            _ = try server.sql(change)
            #expect(try await place.book(member).status == status)
            #expect(try server.sql("select count(*) from time_entries") == "2")
        }
    }

    @Test func newNamesAndRulesCount() async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            for _ in 0..<2 { #expect(try await place.book().status == 201) }
            _ = try await server.put("/api/v1/projects/\(place.project)", #"{"name":"Site","billable":false}"#)
            _ = try await server.put("/api/v1/tasks/\(place.task)", #"{"name":"Build"}"#)
            _ = try server.sql(
                "update users set time_rounding_enabled = true, time_rounding_minutes = 60, time_rounding_method = 'up'"
            )
            let entry = try await place.book().json["time_entry"]
            #expect(entry["project"].string == "Site" && entry["task"].string == "Build")
            #expect(entry["billable"].bool == false && entry["duration_seconds"].int == 3600)
        }
    }

    @Test func aNewWebhookIsTold() async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            for _ in 0..<2 { #expect(try await place.book().status == 201) }
            _ = try server.sql(
                """
                insert into webhooks (user_id, name, url, events, secret)
                select id, 'w', 'https://example.invalid/', '["time_entry.created"]', 's' from users where username = 'admin'
                """)
            for _ in 0..<2 { #expect(try await place.book().status == 201) }
            #expect(try server.sql("select count(*) from webhook_deliveries") == "2")
        }
    }

    /// Whoever changes a project or a task, and waits for something, holds nobody up who books on it.
    @Test(arguments: [
        (path: "projects", change: #"{"client_id":2}"#, awaited: "clients"),
        (path: "tasks", change: #"{"assigned_to":2}"#, awaited: "users"),
    ])
    func changesOfThePlaceAreNotWaitedFor(path: String, change: String, awaited: String) async throws {
        try await TestServer.with(workers: 1) { server in
            let place = try await Place(server)
            _ = try server.makeUser("ann")
            #expect(try await server.post("/api/v1/clients", #"{"name":"Other"}"#).status == 201)
            try server.sql(
                "update clients set id = 2 where name = 'Other'; update users set id = 2 where username = 'ann'")
            #expect(try await place.book().status == 201)
            try Tool.daemon(
                """
                psql -qX '\(server.databaseURL)' \
                    -c 'begin; select from \(awaited) where id = 2 for update; select pg_sleep(60)' &
                """)
            func count(_ activity: String) throws -> String {
                try server.sql(
                    "select count(*) from pg_stat_activity where datname = current_database() and \(activity)")
            }
            #expect(try await waitAsync(for: 10) { try count("wait_event = 'PgSleep'") == "1" })
            let id = path == "tasks" ? place.task : place.project
            async let changed = server.put("/api/v1/\(path)/\(id)", change)
            #expect(try await waitAsync(for: 10) { try count("wait_event_type = 'Lock'") == "1" })
            let entry = #"""
                {"project_id":\#(place.project),"task_id":\#(place.task),
                 "start_time":"2024-02-01T09:00:00Z","end_time":"2024-02-01T10:00:00Z"}
                """#
            async let booked = server.post("/api/v1/time-entries", entry)
            // While the change waits on.
            #expect(try await waitAsync(for: 10) { try server.sql("select count(*) from time_entries") == "2" })
            #expect(try count("wait_event_type = 'Lock'") == "1")
            try server.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
            )
            #expect(try await booked.status == 201)
            #expect(try await changed.status == 200)
        }
    }
}
