import Foundation
import Testing

/// What `GET` returns, `PUT` accepts, and it changes nothing but `updated_at`: for every resource that can be updated.
@Suite struct RoundTripTests {
    /// Reads an object, writes exactly that back, reads again.
    private static func check(_ server: TestServer, _ path: String, _ key: String, _ what: String = "") async throws {
        let read = try await server.get(path)
        #expect(read.status == 200, "\(path) \(what): \(read.text)")
        let object = read.text.dropFirst(#"{"\#(key)":"#.count).dropLast()
        for method in ["PUT", "PATCH"] {
            let written = try await server.request(method, path, String(object))
            #expect(written.status == 200, "\(method) \(path) \(what): \(written.text)")
            let again = try await server.get(path).json[key]
            #expect(again.isSame(as: read.json[key]), "\(method) \(path) \(what): \(read.text) became \(again)")
            #expect(written.json[key].isSame(as: read.json[key]), "\(method) \(path) \(what)")
        }
    }

    private static func make(_ server: TestServer, _ path: String, _ key: String, _ body: String) async throws -> Int {
        let reply = try await server.post("/api/v1" + path, body)
        guard let id = reply.json[key]["id"].int else {
            throw TestServer.Failure(description: "\(body): \(reply.text)")
        }
        return id
    }

    @Test func clientsProjectsAndTasks() async throws {
        try await TestServer.with(workers: 1) { server in
            var random = RandomText(seed: 1)
            for round in 0..<10 {
                let client = try await Self.make(
                    server, "/clients", "client",
                    #"""
                    {"name":"C\#(round) \#(random.text(20))","email":"a\#(round)@example.com","company":"\#(random.text(30))",
                     "description":"\#(random.text(200))","default_hourly_rate":\#(random.amount()),"address":"\#(random.text(50))",
                     "prepaid_hours_monthly":\#(round).25,"custom_fields":{"n":1.50,"deep":[{"\#(random.text(5))":null},1e3]},
                     "status":"\#(round % 2 == 0 ? "active" : "inactive")"}
                    """#)
                try await Self.check(server, "/api/v1/clients/\(client)", "client")
                let status = ["active", "on_hold", "inactive", "archived"][round % 4]
                let project = try await Self.make(
                    server, "/projects", "project",
                    #"""
                    {"name":"P \#(random.text(30))","client_id":\#(client),"code":"c\#(round)","hourly_rate":\#(random.amount()),
                     "estimated_hours":\#(Double(round) / 3),"budget_amount":\#(random.amount()),"color":"#A1b2C3",
                     "billable":\#(round % 2 == 0),"status":"\#(status)","description":"\#(random.text(300))"}
                    """#)
                try await Self.check(server, "/api/v1/projects/\(project)", "project", status)
                let priority = ["1", #""urgent""#, #""3""#, #""low""#][round % 4]
                let state = ["todo", "in_progress", "review", "done", "cancelled", "on_hold"][round % 6]
                let task = try await Self.make(
                    server, "/tasks", "task",
                    #"""
                    {"name":"T \#(random.text(30))","project_id":\#(project),"priority":\#(priority),"status":"\#(state)",
                     "due_date":"2024-02-29","estimated_hours":0.1,"tags":" a,b ,, \#(random.text(8)) ","assignee_id":1}
                    """#)
                try await Self.check(server, "/api/v1/tasks/\(task)", "task", "\(priority) \(state)")
            }
            // Who has left meanwhile stays where they are.
            let ann = try server.makeUser("ann")
            #expect(try await server.get("/api/v1/users/me", token: ann).status == 200)
            let task = try server.sql("select max(id) from tasks")
            let assigned = try await server.put(
                "/api/v1/tasks/\(task)", #"{"assignee_id":\#(try server.sql("select max(id) from users"))}"#)
            #expect(assigned.status == 200)
            try server.sql("update users set is_active = false where username = 'ann'")
            try await Self.check(server, "/api/v1/tasks/\(task)", "task", "inactive assignee")
        }
    }

    @Test func timeEntries() async throws {
        try await TestServer.with(workers: 1, ["TZ": "America/Havana"]) { server in
            let project = try await server.makeProject()
            let task = try await Self.make(server, "/tasks", "task", #"{"name":"T","project_id":\#(project)}"#)
            let place = #""project_id":\#(project)"#
            let span = #""start_time":"2024-01-15T09:00:00.75Z","end_time":"2024-01-15T10:07:31.25Z""#
            var random = RandomText(seed: 2)
            var ids: [Int] = []
            for body in [
                #"{\#(place),\#(span)}"#, #"{\#(place),\#(span),"task_id":\#(task),"tags":"a, b,c"}"#,
                #"{"client_id":1,\#(span),"billable":false}"#, #"{\#(place),\#(span),"break_seconds":4000}"#,
                #"{\#(place),\#(span),"paid":true,"invoice_number":"I-1"}"#,
                // On an invoice that isn't paid yet.
                #"{\#(place),\#(span),"paid":false,"invoice_number":"I-2"}"#,
                #"{\#(place),\#(span),"notes":"\#(random.text(500))"}"#,
                // Both 00:30 of the day on which that time comes twice.
                #"{\#(place),"start_time":"2025-11-02T04:30:00Z","end_time":"2025-11-02T05:30:00Z"}"#,
            ] {
                ids.append(try await Self.make(server, "/time-entries", "time_entry", body))
            }
            // An import may say a duration that doesn't follow from the times.
            _ = try await server.post(
                "/api/v1/time-entries/import-csv",
                #"{"csv":"project_id,start,duration_hours,tags\n\#(project),2024-02-01 09:00,1.01,x;y"}"#)
            // Stopped in the second in which it started.
            try server.sql(
                """
                insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds, source)
                values (1, \(project), '2024-03-01 09:00:00Z', '2024-03-01 09:00:00Z', 0, 'auto')
                """)
            // Rules and roundings that came later concern new entries, not what is repeated.
            try server.sql(
                """
                update settings set rounding_minutes = 15, prevent_overlapping_entries = true, idle_timeout_minutes = 17
                """)
            let isInForce = try await waitAsync(for: 10) {
                try await server.get("/api/v1/timer/status").json["idle_timeout_minutes"].int == 17
            }
            #expect(isInForce)
            let all = try await server.get("/api/v1/time-entries?per_page=100").json["time_entries"].array
            #expect(all.count == ids.count + 2)
            for entry in all {
                try await Self.check(server, "/api/v1/time-entries/\(entry["id"].int ?? 0)", "time_entry")
            }
            #expect(
                try server.sql("select sum(duration_seconds) from time_entries")
                    == server.sql("select sum(seconds) from entry_totals where kind = 'a'"))
        }
    }

    /// Running timers show a duration that goes on by itself.
    @Test func runningTimers() async throws {
        try await TestServer.with(workers: 1, ["JOBS": "false"]) { server in
            let project = try await server.makeProject()
            let id = try await Self.make(server, "/timer/start", "timer", #"{"project_id":\#(project),"tags":"a"}"#)
            try await Self.check(server, "/api/v1/time-entries/\(id)", "time_entry", "running")
            _ = try await server.post("/api/v1/timer/heartbeat", "")
            try await Self.check(server, "/api/v1/time-entries/\(id)", "time_entry", "with heartbeat")
            _ = try await server.post("/api/v1/timer/pause", "")
            try await Self.check(server, "/api/v1/time-entries/\(id)", "time_entry", "paused")
            _ = try await server.post("/api/v1/timer/resume", "")
            try await Self.check(server, "/api/v1/time-entries/\(id)", "time_entry", "resumed")
            _ = try await server.post("/api/v1/timer/stop", "")
            try await Self.check(server, "/api/v1/time-entries/\(id)", "time_entry", "stopped")
        }
    }

    @Test func quotes() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await Self.make(server, "/clients", "client", #"{"name":"C"}"#)
            let item = try await Inventory.item(server, "A")
            let house = try await Inventory.warehouse(server, "W")
            let lines = #"""
                [{"description":"Dev","quantity":2.5,"unit_price":"99.99","unit":"h"},
                 {"line_kind":"expense","display_name":"Train","category":"Travel","line_date":"2026-01-01","unit_price":12},
                 {"line_kind":"good","sku":"G-1","display_name":"Good","quantity":"3","unit_price":0.33},
                 {"description":"Stock","stock_item_id":\#(item),"warehouse_id":\#(house),"unit_price":1},{}]
                """#
            for body in [
                #"{"client_id":\#(client),"title":"Empty"}"#,
                #"""
                {"client_id":\#(client),"title":"Full","tax_rate":21.5,"discount_type":"percentage","discount_amount":12.5,
                 "discount_reason":"r","coupon_code":"abc","currency_code":"usd","valid_until":"2000-01-01","notes":"n",
                 "terms":"t","payment_terms":"p","visible_to_client":true,"items":\#(lines)}
                """#,
                #"""
                {"client_id":\#(client),"title":"Fixed","discount_type":"fixed","discount_amount":3.14,"items":\#(lines)}
                """#,
            ] {
                let id = try await Self.make(server, "/quotes", "quote", body)
                try await Self.check(server, "/api/v1/quotes/\(id)", "quote", "draft")
                for status in ["sent", "rejected"] {
                    _ = try await server.put("/api/v1/quotes/\(id)", #"{"status":"\#(status)"}"#)
                    try await Self.check(server, "/api/v1/quotes/\(id)", "quote", status)
                }
            }
            // Lines that are other lines replace the old ones, all of them.
            let id = try await Self.make(
                server, "/quotes", "quote", #"{"client_id":\#(client),"title":"Q","items":\#(lines)}"#)
            let old = try await server.get("/api/v1/quotes/\(id)").json["quote"]["items"].array
            let new = try await server.put("/api/v1/quotes/\(id)", #"{"items":[{"unit_price":1},{"unit_price":2}]}"#)
            #expect(new.json["quote"]["items"].array.count == 2)
            #expect(
                Set(new.json["quote"]["items"].array.map { $0["id"].int }).isDisjoint(with: old.map { $0["id"].int }))
            let swapped = try await server.put(
                "/api/v1/quotes/\(id)", #"{"items":[{"unit_price":2},{"unit_price":1}]}"#)
            #expect(swapped.json["quote"]["items"].array.map { $0["unit_price"].double } == [2, 1])
        }
    }

    @Test func webhooksAndInventory() async throws {
        try await TestServer.with(workers: 1, ["JOBS": "false"]) { server in
            for body in [
                #"{"name":"w","url":"https://example.com/hook","events":["*"]}"#,
                #"""
                {"name":"v","url":"http://example.com:8080/?a=b","events":["time_entry.idle","task.completed"],"is_active":false,
                 "http_method":"put","content_type":"application/vnd.x+json","headers":{"X-Own":"a b","X-Other":""},
                 "max_retries":0,"retry_delay_seconds":86400,"timeout_seconds":60,"description":"d","generate_secret":false}
                """#,
            ] {
                let id = try await Self.make(server, "/webhooks", "webhook", body)
                let secret = try server.sql("select secret from webhooks where id = \(id)")
                try await Self.check(server, "/api/v1/webhooks/\(id)", "webhook")
                #expect(try server.sql("select secret from webhooks where id = \(id)") == secret)
            }
            for body in [
                #"{"sku":"a-1","name":"Plain"}"#,
                #"""
                {"sku":"b/2","name":"Full","description":"d","category":"c","unit":"m","default_cost":1.01,"default_price":99999999.99,
                 "currency_code":"chf","barcode":"123","is_active":false,"is_trackable":false,"reorder_point":0,
                 "reorder_quantity":2.5,"supplier":"s","supplier_sku":"t","image_url":"https://example.com/a.png","notes":"n"}
                """#,
            ] {
                let id = try await Self.make(server, "/inventory/items", "item", body)
                try await Self.check(server, "/api/v1/inventory/items/\(id)", "item")
            }
            for body in [
                #"{"code":"w-1","name":"Plain"}"#,
                #"""
                {"code":"x","name":"Full","address":"a","contact_person":"p","contact_email":"e@example.com","contact_phone":"1",
                 "is_active":false,"notes":"n"}
                """#,
            ] {
                let id = try await Self.make(server, "/inventory/warehouses", "warehouse", body)
                try await Self.check(server, "/api/v1/inventory/warehouses/\(id)", "warehouse")
            }
        }
    }
}

extension JSON {
    /// Equal but for `updated_at`, and for the live duration of a running timer.
    fileprivate func isSame(as other: JSON) -> Bool {
        guard case .object(var mine) = self, case .object(var others) = other else { return false }
        var names = ["updated_at"]
        if mine["is_active"] == .bool(true), mine["duration_formatted"] != nil { names.append("duration_formatted") }
        for name in names {
            guard mine.removeValue(forKey: name) != nil, others.removeValue(forKey: name) != nil else { return false }
        }
        return mine == others
    }
}

/// Text of random letters, digits, signs and other scripts, fit for a JSON string; the same for the same seed.
private struct RandomText {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    private mutating func number(below limit: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (z ^ (z >> 31)) % limit
    }

    /// Begins and ends with a letter.
    mutating func text(_ length: Int) -> String {
        let pieces = [
            "a", "Z", "7", " ", "-", "%", "_", #"\\"#, #"\""#, #"\n"#, "ä", "ß", "İ", "é", "e\u{301}", "語", "🕰️", "ש",
            "'", "<",
        ]
        return "x" + (0..<length).map { _ in pieces[Int(number(below: UInt64(pieces.count)))] }.joined() + "x"
    }

    /// With at most two decimals.
    mutating func amount() -> String {
        let cents = number(below: 9_999_999)
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
