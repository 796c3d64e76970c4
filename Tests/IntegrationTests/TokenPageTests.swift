import Testing

/// `/admin/api-tokens` (behaviour.md §12.8).
@Suite struct TokenPageTests {
    @Test func scripts() async throws {
        try await TestServer.with { server in
            let admin = try server.sql("select id from users where username = 'admin'")
            let browser = Browser(server)
            #expect(try await browser.get("/admin/api-tokens").status == 302)
            #expect(try await browser.json("POST", "/admin/api-tokens", "{}").status == 401)
            try await browser.signIn()

            let made = try await browser.json(
                "POST", "/admin/api-tokens",
                #"{"name":"ci","description":"d","user_id":\#(admin),"scopes":"read:projects, read:*","expires_days":30}"#
            )
            #expect(made.status == 201)
            #expect(made.header("cache-control") == "no-store")
            let token = try #require(made.json["token"].string)
            let id = try #require(made.json["token_id"].int)
            #expect(try await server.get("/api/v1/projects", token: token).status == 200)
            #expect(
                try server.sql("select scopes, expires_at::date - now()::date from api_tokens where id = \(id)")
                    == "read:projects,read:*|30")
            #expect(!server.log.contains(token))

            try server.cli("user", "create", "ann", "--password", TestServer.password)
            try server.cli("user", "create", "gone", "--password", TestServer.password)
            try server.sql("update users set is_active = false where username = 'gone'")
            let ann = try server.sql("select id from users where username = 'ann'")
            let gone = try server.sql("select id from users where username = 'gone'")
            for (body, status) in [
                ("{}", 400), (#"{"name":"x","user_id":\#(admin)}"#, 400),
                (#"{"name":"x","user_id":\#(admin),"scopes":"read:nonsense"}"#, 400),
                (#"{"name":"x","user_id":99999,"scopes":"read:*"}"#, 404),
                (#"{"name":"x","user_id":\#(gone),"scopes":"read:*"}"#, 400),
                (#"{"name":"x","user_id":\#(ann),"scopes":["admin:all"]}"#, 400),
                (#"{"name":"x","user_id":\#(ann),"scopes":["read:*"],"expires_days":3651}"#, 400),
                (#"{"name":"x","user_id":\#(ann),"scopes":["read:*","write:quotes"],"expires_days":null}"#, 201),
                ("{", 400),
            ] {
                #expect(try await browser.json("POST", "/admin/api-tokens", body).status == status, "\(body)")
            }

            let off = try await browser.json("POST", "/admin/api-tokens/\(id)/toggle")
            #expect(off.status == 200)
            #expect(off.json["is_active"].bool == false)
            #expect(
                try await waitAsync(for: 1.6) {
                    try await server.get("/api/v1/projects", token: token).status == 401
                })
            #expect(try await browser.json("POST", "/admin/api-tokens/\(id)/toggle").json["is_active"].bool == true)
            #expect(try await browser.json("DELETE", "/admin/api-tokens/\(id)").status == 200)
            #expect(try await browser.json("DELETE", "/admin/api-tokens/\(id)").status == 404)
            #expect(try await browser.json("POST", "/admin/api-tokens/\(id)/toggle").status == 404)

            let user = Browser(server)
            try await user.signIn("ann")
            let refused = try await user.get("/admin/api-tokens")
            #expect(refused.status == 403)
            #expect(refused.header("content-type") == "text/html; charset=utf-8")
            #expect(try await user.json("POST", "/admin/api-tokens", "{}").json["error_code"].string == "forbidden")
        }
    }

    @Test func forms() async throws {
        try await TestServer.with(workers: 1) { server in
            let admin = try server.sql("select id from users where username = 'admin'")
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get("/admin/api-tokens")
            #expect(page.status == 200)
            for scope in ["read:quotes", "write:webhooks", "read:inventory", "read:users", "admin:all"] {
                #expect(page.text.contains(#"value="\#(scope)""#))
            }
            let bad = try await browser.post(
                "/admin/api-tokens", [("name", "<b>x</b>"), ("user_id", admin), ("expires_days", "0")])
            #expect(bad.status == 422)
            #expect(bad.text.contains("Scopes is needed."))
            #expect(bad.text.contains("&lt;b&gt;x&lt;/b&gt;"))
            let made = try await browser.post(
                "/admin/api-tokens",
                [
                    ("name", "by form"), ("user_id", admin), ("scopes", "read:projects"), ("scopes", "read:tasks"),
                    ("allowed_ips", "127.0.0.0/8"),
                ])
            #expect(made.status == 201)
            #expect(made.header("cache-control") == "no-store")
            let token = try #require(made.text.firstMatch(of: /tt_[A-Za-z0-9]+/)).output
            #expect(made.text.contains("Authorization: Bearer \(token)"))
            #expect(made.text.contains("X-API-Key: \(token)"))
            #expect(try await server.get("/api/v1/projects", token: String(token)).status == 200)
            let again = try await browser.get("/admin/api-tokens")
            #expect(!again.text.contains(token))
            #expect(again.text.contains("by form"))
            #expect(again.text.contains("127.0.0.0/8"))

            let twice = [("name", "twice"), ("user_id", admin), ("scopes", "read:*"), ("request_key", "once-only")]
            #expect(try await browser.post("/admin/api-tokens", twice).status == 201)
            let repeated = try await browser.post("/admin/api-tokens", twice)
            #expect(repeated.status == 201 && repeated.text.contains("in the first answer"))
            #expect(try server.sql("select count(*) from api_tokens where name = 'twice'") == "1")
            let id = try server.sql("select id from api_tokens where name = 'by form'")
            let forged = try await browser.post("/admin/api-tokens/\(id)/delete", [], csrf: "forged")
            #expect(forged.status == 422 && forged.text.contains("The form had expired"))
            #expect(try server.sql("select count(*) from api_tokens where id = \(id)") == "1")
            _ = try await browser.get("/admin/api-tokens")
            let off = try await browser.post("/admin/api-tokens/\(id)/toggle", [])
            #expect(off.status == 303)
            #expect(try await browser.get("/admin/api-tokens").text.contains("The token is no longer active."))
            #expect(try server.sql("select is_active from api_tokens where id = \(id)") == "f")
            #expect(try await browser.post("/admin/api-tokens/\(id)/delete", []).status == 303)
            #expect(try server.sql("select count(*) from api_tokens where id = \(id)") == "0")
            #expect(try await browser.post("/admin/api-tokens/\(id)/delete", []).status == 404)
            let told = "select string_agg(action, ' ' order by id) from activities where entity_type = 'api_token'"
            #expect(try server.sql(told + " and entity_id = \(id)") == "created updated deleted")
            try server.sql(
                """
                insert into api_tokens (name, token_hash, token_prefix, user_id, scopes, created_at)
                select 'many ' || n, 'h' || n, 'tt_', \(admin), 'read:*', now() - n * interval '1 day'
                from generate_series(1, 60) n
                """)
            let first = try await browser.get("/admin/api-tokens").text
            #expect(first.contains("1–50 of 62") && first.contains("many 40") && !first.contains("many 55"))
            #expect(try await browser.get("/admin/api-tokens?page=2").text.contains("many 55"))
        }
    }

    /// Uses are counted by the hour; those of hours that began more than a day ago are not shown.
    @Test func usesOfTheLastDay() async throws {
        try await TestServer.with(workers: 2) { server in
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/admin/api-tokens").text.contains("0 uses, 0 in 24 h"))
            for _ in 0..<7 { #expect(try await server.get("/api/v1/projects").status == 200) }
            let isCounted = try await wait(for: 10) { try server.sql("select usage_count from api_tokens") == "7" }
            #expect(isCounted)
            #expect(try await browser.get("/admin/api-tokens").text.contains("7 uses, 7 in 24 h"))
            try server.sql(
                """
                insert into api_token_uses
                select id, date_trunc('hour', now(), 'UTC') - back * interval '1 hour', 100
                from api_tokens, (values (23), (25)) as x(back)
                """)
            #expect(try await browser.get("/admin/api-tokens").text.contains("7 uses, 107 in 24 h"))
            try server.sql("delete from api_tokens")
            #expect(try server.sql("select count(*) from api_token_uses") == "0")
        }
    }
}
