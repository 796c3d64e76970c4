import Testing

/// Conditional requests (RFC 9110 §13) and Idempotency-Key on every POST (behaviour.md §2.9).
@Suite struct ConditionalTests {
    @Test func validators() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            let client = try await server.get("/api/v1/projects/\(project)").json["project"]["client_id"].int ?? 0
            let task =
                try await server.post("/api/v1/tasks", #"{"name":"T","project_id":\#(project)}"#).json["task"]["id"].int
                ?? 0
            let entry =
                try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z"}"#
                ).json["time_entry"]["id"].int ?? 0
            let quote =
                try await server.post("/api/v1/quotes", #"{"client_id":\#(client),"title":"Q"}"#).json["quote"]["id"]
                .int
                ?? 0
            let item = try await Inventory.item(server, "A")
            let house = try await Inventory.warehouse(server, "W")
            let hook = try await server.makeWebhook("https://example.com/").id
            let changes = [
                ("/api/v1/inventory/items/\(item)", #"{"notes":"x"}"#),
                ("/api/v1/inventory/warehouses/\(house)", #"{"notes":"x"}"#),
                ("/api/v1/webhooks/\(hook)", #"{"description":"x"}"#),
                ("/api/v1/projects/\(project)", #"{"description":"x"}"#),
                ("/api/v1/clients/\(client)", #"{"description":"x"}"#), ("/api/v1/tasks/\(task)", #"{"tags":"x"}"#),
                ("/api/v1/time-entries/\(entry)", #"{"notes":"x"}"#), ("/api/v1/quotes/\(quote)", #"{"notes":"x"}"#),
            ]
            let document = try await server.get("/api/openapi.json").json["paths"]
            #expect(
                document.keys.filter { document[$0]["patch"]["responses"].keys.contains("412") }
                    == Set(changes.map { $0.0.replacing("/api/v1", with: "").replacing(/\d+/, with: "{id}") }))
            for (path, change) in changes {
                let first = try await server.get(path)
                let tag = try #require(first.header("etag"), "\(path)")
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
                for known in [tag, "W/\(tag)", "\"a\", \(tag)", "*"] {
                    let unchanged = try await server.request("GET", path, headers: ["If-None-Match": known])
                    #expect(unchanged.status == 304)
                    #expect(unchanged.body.isEmpty)
                    #expect(unchanged.header("etag") == tag)
                }
                #expect(try await server.request("GET", path, headers: ["If-None-Match": "\"x\""]).status == 200)
                let stale = try await server.request("PATCH", path, change, headers: ["If-Match": "\"stale\""])
                #expect(stale.status == 412)
                #expect(stale.json["error_code"].string == "precondition_failed")
                let weak = try await server.request("PATCH", path, change, headers: ["If-Match": "W/\(tag)"])
                #expect(weak.status == 412)
                let done = try await server.request("PATCH", path, change, headers: ["If-Match": tag])
                #expect(done.status == 200)
                let next = try await server.get(path)
                #expect(done.header("etag") == next.header("etag"))
                #expect(next.header("etag") != tag)
                let late = try await server.request("DELETE", path, headers: ["If-Match": tag])
                #expect(late.status == 412)
                #expect(try await server.request("PATCH", path, change, headers: ["If-Match": "*"]).status == 200)
            }
        }
    }

    @Test func aRunningTimerKeepsItsValidator() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject()
            let timer =
                try await server.post(
                    "/api/v1/time-entries", #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z"}"#
                ).json["time_entry"]["id"].int ?? 0
            let first = try await server.get("/api/v1/time-entries/\(timer)")
            let shown = first.json["time_entry"]["duration_formatted"].string
            let moved = try await waitAsync(for: 5) {
                try await server.get("/api/v1/time-entries/\(timer)").json["time_entry"]["duration_formatted"].string
                    != shown
            }
            #expect(moved)
            let later = try await server.get("/api/v1/time-entries/\(timer)")
            #expect(later.header("etag") == first.header("etag"))
        }
    }

    @Test func everyPostIsReplayed() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            let entry =
                try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z"}"#
                ).json["time_entry"]["id"].int ?? 0
            for (path, body) in [
                ("/api/v1/clients", #"{"name":"Once"}"#),
                ("/api/v1/projects", #"{"name":"Once","client_id":1}"#),
                ("/api/v1/tasks", #"{"name":"Once","project_id":\#(project)}"#),
                ("/api/v1/quotes", #"{"client_id":1,"title":"Once"}"#),
                ("/api/v1/timer/start", #"{"project_id":\#(project)}"#), ("/api/v1/timer/pause", "{}"),
                ("/api/v1/timer/resume", "{}"), ("/api/v1/timer/stop", "{}"),
                ("/api/v1/time-entries/bulk", #"{"entry_ids":[\#(entry)],"action":"delete"}"#),
                ("/api/v1/inventory/items", #"{"sku":"A","name":"A"}"#),
                ("/api/v1/inventory/warehouses", #"{"code":"W1","name":"A"}"#),
                ("/api/v1/inventory/movements", #"{"stock_item_id":1,"warehouse_id":1,"quantity":5}"#),
                ("/api/v1/webhooks", #"{"name":"w","url":"https://example.com/","events":["*"]}"#),
            ] {
                let key = ["Idempotency-Key": "same for all"]
                let replies = try await parallel(6) { _ in try await server.post(path, body, headers: key) }
                #expect(Set(replies.map(\.status)).count == 1, "\(path)")
                #expect((200...201).contains(replies[0].status), "\(path)")
                let replayed = replies.filter { $0.header("idempotency-replayed") == "true" }
                #expect(replayed.count == 5, "\(path)")
                // The first reply alone shows a webhook's secret; of everything else it is the same.
                let compared = path == "/api/v1/webhooks" ? replayed : replies
                #expect(Set(compared.map { String(decoding: $0.body, as: UTF8.self) }).count == 1, "\(path)")
                let other = try await server.post(path, "not even JSON", headers: key)
                #expect(other.body == replayed.first?.body, "\(path)")
            }
            #expect(try server.sql("select count(*) from clients where name = 'Once'") == "1")
            #expect(try server.sql("select count(*) from tasks where name = 'Once'") == "1")
            #expect(try server.sql("select count(*) from quotes") == "1")
            #expect(try server.sql("select sum(quantity_on_hand) from warehouse_stock") == "5.00")
            let refused = try await server.post(
                "/api/v1/clients", "{}", headers: ["Idempotency-Key": "corrected"])
            #expect(refused.status == 400)
            let corrected = try await server.post(
                "/api/v1/clients", #"{"name":"Now"}"#, headers: ["Idempotency-Key": "corrected"])
            #expect(corrected.status == 201)
        }
    }
}
