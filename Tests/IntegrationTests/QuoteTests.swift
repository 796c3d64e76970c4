import Testing

/// Quotes over HTTP (behaviour.md §8).
@Suite struct QuoteTests {
    private static func makeClient(_ server: TestServer, _ name: String = "Acme") async throws -> Int {
        try await server.post("/api/v1/clients", #"{"name":"\#(name)"}"#).json["client"]["id"].int ?? 0
    }

    @Test func totalsFollowFromItems() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await Self.makeClient(server)
            let reply = try await server.post(
                "/api/v1/quotes",
                #"""
                {"client_id":\#(client),"title":" Website ","tax_rate":"21","discount_type":"percentage","discount_amount":10,
                 "currency_code":"usd","coupon_code":"abc","total_amount":5,"valid_until":"2030-01-31","items":[
                  {"description":"Dev","quantity":2.5,"unit_price":"99.99","sku":"dropped"},
                  {"line_kind":"expense","display_name":"Train","line_date":"2026-01-01","unit_price":12},
                  {"line_kind":"good","sku":"G-1","quantity":"3","unit_price":0.333},
                  {"line_kind":"other"}]}
                """#)
            #expect(reply.status == 201)
            let quote = reply.json["quote"]
            #expect(quote["title"].string == "Website")
            #expect(quote["status"].string == "draft")
            #expect(quote["currency_code"].string == "USD")
            #expect(quote["coupon_code"].string == "ABC")
            #expect(quote["client"].string == "Acme")
            // 249.975 → 249.98, 12, 3 × 0.33 = 0.99
            #expect(quote["items"].array.map { $0["total_amount"].double } == [249.98, 12, 0.99, 0])
            #expect(quote["items"].array.map { $0["line_kind"].string } == ["item", "expense", "good", "item"])
            #expect(quote["items"].array.map { $0["description"].string } == ["Dev", "Train", "-", "-"])
            #expect(quote["items"][0]["sku"].isNull)
            #expect(quote["items"][2]["sku"].string == "G-1")
            #expect(quote["items"].array.map { $0["position"].int } == [0, 1, 2, 3])
            #expect(quote["subtotal"].double == 262.97)
            #expect(quote["discount_value"].double == 26.3)
            #expect(quote["subtotal_after_discount"].double == 236.67)
            #expect(quote["tax_amount"].double == 49.7)
            #expect(quote["total_amount"].double == 286.37)
            let id = try #require(quote["id"].int)
            let stored = try await server.get("/api/v1/quotes/\(id)").json["quote"]
            #expect(stored == quote)
            let fixed = try await server.put(
                "/api/v1/quotes/\(id)",
                #"{"discount_type":"fixed","discount_amount":1000,"tax_rate":null,"items":[{"unit_price":5}]}"#)
            #expect(fixed.json["quote"]["total_amount"].double == 0)
            #expect(fixed.json["quote"]["tax_rate"].double == 0)
            #expect(fixed.json["quote"]["items"].array.count == 1)
            #expect(try server.sql("select subtotal from quotes where id = \(id)") == "5.00")
            #expect(try await server.delete("/api/v1/quotes/\(id)").status == 200)
            #expect(try server.sql("select count(*) from quote_items") == "0")
            #expect(try await server.get("/api/v1/quotes/\(id)").status == 404)
        }
    }

    @Test func validation() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await Self.makeClient(server)
            let missing = try await server.post("/api/v1/quotes", "{}")
            #expect(missing.status == 400)
            #expect(missing.json["errors"].keys == ["client_id", "title"])
            for (field, body) in [
                ("client_id", #"{"client_id":999,"title":"x"}"#),
                ("tax_rate", #"{"client_id":\#(client),"title":"x","tax_rate":101}"#),
                ("tax_rate", #"{"client_id":\#(client),"title":"x","tax_rate":"abc"}"#),
                ("currency_code", #"{"client_id":\#(client),"title":"x","currency_code":"EURO"}"#),
                ("valid_until", #"{"client_id":\#(client),"title":"x","valid_until":"31.12.2026"}"#),
                ("discount_type", #"{"client_id":\#(client),"title":"x","discount_type":"gift"}"#),
                (
                    "discount_amount",
                    #"{"client_id":\#(client),"title":"x","discount_type":"percentage","discount_amount":101}"#
                ),
                ("items", #"{"client_id":\#(client),"title":"x","items":[{"unit_price":"abc"}]}"#),
                ("items", #"{"client_id":\#(client),"title":"x","items":[{"quantity":99999999,"unit_price":99}]}"#),
                ("items", #"{"client_id":\#(client),"title":"x","items":[7]}"#),
                ("items", #"{"client_id":\#(client),"title":"x","items":[{"stock_item_id":99}]}"#),
                ("title", #"{"client_id":\#(client),"title":"  "}"#),
            ] {
                let reply = try await server.post("/api/v1/quotes", body)
                #expect(reply.status == 400)
                #expect(reply.json["errors"].keys == [field], "\(body)")
            }
            #expect(try server.sql("select count(*) from quotes") == "0")
        }
    }

    @Test func statesMoveOnlyForward() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await Self.makeClient(server)
            func make(_ more: String = "") async throws -> Int {
                try await server.post("/api/v1/quotes", #"{"client_id":\#(client),"title":"x"\#(more)}"#).json["quote"][
                    "id"
                ].int ?? 0
            }
            func move(_ id: Int, _ status: String) async throws -> HTTPReply {
                try await server.put("/api/v1/quotes/\(id)", #"{"status":"\#(status)"}"#)
            }
            let quote = try await make()
            #expect(try await move(quote, "accepted").json["errors"].keys == ["status"])
            let sent = try await move(quote, "sent").json["quote"]
            #expect(sent["sent_at"].string != nil)
            #expect(sent["can_be_accepted"].bool == true)
            let accepted = try await move(quote, "accepted").json["quote"]
            #expect(accepted["accepted_at"].string != nil)
            #expect(accepted["accepted_by"].int == 1)
            #expect(try await move(quote, "rejected").status == 400)
            let reopened = try await move(quote, "draft").json["quote"]
            #expect(reopened["accepted_at"].isNull)
            #expect(reopened["status"].string == "draft")
            #expect(try await move(quote, "rejected").json["quote"]["rejected_at"].string != nil)
            let old = try await make(#","valid_until":"2020-01-01""#)
            #expect(try await move(old, "sent").json["quote"]["is_expired"].bool == true)
            #expect(try await move(old, "accepted").status == 400)
            #expect(try await move(old, "expired").json["quote"]["status"].string == "expired")
            #expect(try await move(old, "nonsense").status == 400)
        }
    }

    @Test func numbersAreUniqueUnderConcurrency() async throws {
        try await TestServer.with(workers: 2) { server in
            let client = try await Self.makeClient(server)
            let replies = try await parallel(20) { _ in
                try await server.post("/api/v1/quotes", #"{"client_id":\#(client),"title":"x"}"#)
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            let numbers = Set(replies.compactMap { $0.json["quote"]["quote_number"].string })
            #expect(numbers.count == 20)
            #expect(numbers.allSatisfy { $0.hasPrefix("QUO-20") })
            #expect(numbers.contains { $0.hasSuffix("-020") })
            try server.cli("settings", "set", "quote_number_pattern", "Q{SEQ}/{YY}")
            let next = try await server.post("/api/v1/quotes", #"{"client_id":\#(client),"title":"x"}"#)
            #expect(next.json["quote"]["quote_number"].string?.hasPrefix("Q001/") == true)
        }
    }

    @Test func ownersScopesAndModule() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await Self.makeClient(server)
            let ann = try server.makeUser("ann")
            let bob = try server.makeUser("bob")
            let reader = try server.makeUser("eve", scopes: "read:quotes")
            let quote =
                try await server.post(
                    "/api/v1/quotes", #"{"client_id":\#(client),"title":"Ann's"}"#, token: ann
                ).json["quote"]["id"].int ?? 0
            #expect(try await server.get("/api/v1/quotes/\(quote)", token: bob).status == 404)
            #expect(try await server.put("/api/v1/quotes/\(quote)", #"{"title":"x"}"#, token: bob).status == 403)
            #expect(try await server.delete("/api/v1/quotes/\(quote)", token: bob).status == 403)
            #expect(try await server.put("/api/v1/quotes/999", #"{"title":"x"}"#, token: bob).status == 404)
            #expect(try await server.get("/api/v1/quotes", token: bob).json["pagination"]["total"].int == 0)
            #expect(try await server.get("/api/v1/quotes?status=all", token: ann).json["quotes"].array.count == 1)
            #expect(try await server.get("/api/v1/quotes?status=sent").json["quotes"].array.isEmpty)
            #expect(
                try await server.get("/api/v1/quotes?client_id=\(client)").json["quotes"][0]["items"] == .array([]))
            try server.sql(
                """
                insert into permissions (name) values ('edit_quotes');
                insert into role_permissions select r.id, p.id from roles r, permissions p
                    where r.name = 'manager' and p.name = 'edit_quotes';
                insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r
                    where u.username = 'bob' and r.name = 'manager'
                    on conflict do nothing
                """)
            #expect(try await server.get("/api/v1/quotes/\(quote)", token: bob).status == 200)
            #expect(try await server.delete("/api/v1/quotes/\(quote)", token: bob).status == 403)
            #expect(try await server.get("/api/v1/quotes", token: reader).status == 200)
            let scope = try await server.post("/api/v1/quotes", "{}", token: reader)
            #expect(scope.status == 403)
            #expect(scope.json["required_scope"].string == "write:quotes")
            try server.cli("settings", "set", "disabled_module_ids", #"["quotes"]"#)
            let isOff = try await waitAsync(for: 5) { try await server.get("/api/v1/quotes").status == 403 }
            #expect(isOff)
        }
    }
}
