import Testing

/// Authentication, scopes, roles, limits (behaviour.md §2.1, §2.5, §2.8).
@Suite struct AccessTests {
    @Test func tokens() async throws {
        try await TestServer.with(workers: 1) { server in
            let none = try await server.get("/api/v1/projects", token: "")
            #expect(none.status == 401)
            #expect(none.header("www-authenticate") == "Bearer")
            #expect(none.json["error"].string == "Authentication required")
            for bad in ["tt_nonsense", "abc"] {
                let reply = try await server.get("/api/v1/projects", token: bad)
                #expect(reply.status == 401)
                #expect(reply.json["error"].string == "Invalid token")
                #expect(reply.json["message"].string == "The provided API token is invalid or expired")
                #expect(reply.json["error_code"].string == "unauthorized")
            }
            for header in ["Authorization: bearer", "Authorization: Token", "X-API-Key:"] {
                let reply = try await server.exchange(
                    "GET /api/v1/users/me HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\(header) \(server.token)\r\n\r\n"
                )
                #expect(reply.status == 200)
            }
            // An unusable Authorization header doesn't hide a good key.
            let both = try await server.exchange(
                "GET /api/v1/users/me HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Basic a b\r\nX-API-Key: \(server.token)\r\n\r\n"
            )
            #expect(both.status == 200)
            #expect(
                try server.sql("select token_hash = encode(sha256('\(server.token)'::bytea), 'hex') from api_tokens")
                    == "t")
        }
    }

    @Test func revocationExpiryAddressAndOwner() async throws {
        try await TestServer.with(workers: 2) { server in
            func works(_ token: String, from address: String = "") async throws -> Bool {
                let headers = address.isEmpty ? [:] : ["X-Forwarded-For": "6.6.6.6, \(address)"]
                return try await server.request("GET", "/api/v1/users/me", token: token, headers: headers).status == 200
            }
            let token = try server.makeUser("ann")
            #expect(try await works(token))
            let id = try server.sql(
                "select id from api_tokens where user_id = (select id from users where username = 'ann')")
            try server.cli("token", "revoke", id)
            let start = ContinuousClock.now
            while try await works(token) { #expect(ContinuousClock.now - start < .seconds(2)) }
            #expect(ContinuousClock.now - start < .seconds(1.6))

            let expired = try server.cli(
                "token", "create", "--user", "ann", "--name", "e", "--scopes", "read:*", "--expires-days", "1")
            try server.sql("update api_tokens set expires_at = now() - interval '1 second' where name = 'e'")
            #expect(try await !works(expired))
            let local = try server.cli(
                "token", "create", "--user", "ann", "--name", "l", "--scopes", "read:*", "--allowed-ips",
                "10.0.0.0/8, junk, 2001:db8::1")
            #expect(try await !works(local))
            #expect(try await works(local, from: "10.1.2.3"))
            #expect(try await works(local, from: "2001:db8:0::1"))
            #expect(try await !works(local, from: "11.0.0.1"))
            let owner = try server.cli("token", "create", "--user", "ann", "--name", "o", "--scopes", "read:*")
            #expect(try await works(owner))
            try server.cli("user", "deactivate", "ann")
            let isRefused = try await waitAsync(for: 10) { try await !works(owner) }
            #expect(isRefused)
        }
    }

    @Test func scopes() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("user", "create", "bob", "--password", TestServer.password)
            func status(_ scopes: String, _ method: String, _ path: String) async throws -> HTTPReply {
                let token = try server.cli("token", "create", "--user", "bob", "--name", "s", "--scopes", scopes)
                return try await server.request(method, path, method == "GET" ? nil : "{}", token: token)
            }
            let refused = try await status("read:projects,read:time_entries", "POST", "/api/v1/projects")
            #expect(refused.status == 403)
            #expect(refused.json["error"].string == "Insufficient permissions")
            #expect(refused.json["message"].string == "This endpoint requires the 'write:projects' scope")
            #expect(refused.json["required_scope"].string == "write:projects")
            #expect(refused.json["available_scopes"].array.map(\.string) == ["read:projects", "read:time_entries"])
            #expect(try await status("write:*", "GET", "/api/v1/projects").status == 403)
            #expect(try await status("read:*", "GET", "/api/v1/projects").status == 200)
            #expect(try await status("read:*", "POST", "/api/v1/projects").status == 403)
            #expect(try await status("read:*", "GET", "/api/v1/users").status == 403)
            for scopes in ["admin:all", "*", "admin:*", "read:nonsense", ""] {
                #expect(throws: TestServer.Failure.self) {
                    try server.cli("token", "create", "--user", "bob", "--name", "s", "--scopes", scopes)
                }
            }
            try server.sql("update api_tokens set scopes = ''")
            let isRefused = try await waitAsync(for: 10) { try await server.get("/api/v1/projects").status == 403 }
            #expect(isRefused)
        }
    }

    @Test func roles() async throws {
        try await TestServer.with(workers: 1) { server in
            let project = try await server.makeProject("Hidden")
            let viewer = try server.makeUser("vic", role: "viewer")
            let sub = try server.makeUser("sue", role: "subcontractor")
            let user = try server.makeUser("uma")
            #expect(try await server.get("/api/v1/projects/\(project)", token: viewer).status == 200)
            #expect(try await server.put("/api/v1/projects/\(project)", #"{"name":"x"}"#, token: viewer).status == 403)
            #expect(try await server.get("/api/v1/projects/\(project)", token: sub).status == 403)
            #expect(try await server.get("/api/v1/projects", token: sub).json["projects"].array.isEmpty)
            #expect(
                try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#, token: sub).status == 403)
            try server.sql(
                "insert into user_clients select u.id, c.id from users u, clients c where u.username = 'sue'")
            #expect(try await server.get("/api/v1/projects/\(project)", token: sub).status == 200)

            let body =
                #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T10:00:00Z"}"#
            let foreign = try await server.post("/api/v1/time-entries", body).json["time_entry"]["id"].int ?? 0
            #expect(try await server.get("/api/v1/time-entries/\(foreign)", token: user).status == 403)
            #expect(try await server.put("/api/v1/time-entries/\(foreign)", "{}", token: user).status == 403)
            #expect(try await server.delete("/api/v1/time-entries/\(foreign)", token: user).status == 403)
            #expect(try await server.get("/api/v1/time-entries?user_id=1", token: user).status == 403)
            #expect(try await server.get("/api/v1/time-entries", token: user).json["pagination"]["total"].int == 0)
            #expect(
                try await server.post("/api/v1/time-entries", body.replacing("}", with: #","user_id":1}"#), token: user)
                    .status == 403)
            let booked = try await server.post("/api/v1/time-entries", body.replacing("}", with: #","user_id":4}"#))
            #expect(booked.json["time_entry"]["user"].string == "uma")
            #expect(
                try await server.get("/api/v1/users").json["users"].array.map { $0["username"].string } == [
                    "admin", "sue", "uma", "vic",
                ])
            try server.cli("settings", "set", "disabled_module_ids", "clients")
            let isDisabled = try await waitAsync(for: 10) {
                let reply = try await server.get("/api/v1/clients", token: user)
                return reply.status == 403 && reply.json["error"].string == "module_disabled"
            }
            #expect(isDisabled)
            #expect(try await server.get("/api/v1/clients").status == 200)
        }
    }

    @Test func signIn() async throws {
        try await TestServer.with(workers: 1) { server in
            func login(_ body: String, from address: String) async throws -> HTTPReply {
                try await server.request(
                    "POST", "/api/v1/auth/login", body, token: "", headers: ["X-Forwarded-For": address])
            }
            let good = #"{"username":" ADMIN ","password":"\#(TestServer.password)"}"#
            let reply = try await login(good, from: "9.0.0.1")
            #expect(reply.status == 200)
            let token = try #require(reply.json["token"].string)
            #expect(token.hasPrefix("tt_") && token.count == 35)
            #expect(try await server.get("/api/v1/users/me", token: token).json["user"]["status"].string == "online")
            for bad in [
                #"{"username":"admin","password":"wrong"}"#, #"{"username":"nobody","password":"x"}"#, "{}", "nonsense",
                "[]",
            ] {
                let reply = try await login(bad, from: "9.0.0.2")
                #expect(reply.status == 401)
                #expect(reply.json["error"].string == "Invalid username or password")
            }
            let throttled = try await login(good, from: "9.0.0.2")
            #expect(throttled.status == 429 && throttled.json["error_code"].string == "rate_limited")
            #expect((1...60).contains(Int(throttled.header("retry-after") ?? "") ?? 0))
            #expect(try await login(good, from: "9.0.0.3").status == 200)
            try server.sql("update users set password_change_required = true")
            let change = try await login(good, from: "9.0.0.4")
            #expect(change.status == 403 && change.json["error"].string == "password_change_required")
        }
    }

    @Test func setupGate() async throws {
        try await TestServer.with(workers: 1, isSetUp: false) { server in
            #expect(try await server.get("/api/v1/info").json["setup_required"].bool == true)
            for path in ["/api/v1/health", "/api/health", "/_health", "/_ready"] {
                #expect(try await server.get(path).status == 200)
            }
            let gated = try await server.get("/api/v1/projects")
            #expect(gated.status == 503 && gated.json["error_code"].string == "setup_required")
            try server.cli(
                "setup", "--admin-username", "root", "--admin-password", TestServer.password, "--timezone",
                "Europe/Rome")
            let isOpen = try await waitAsync(for: 10) { try await server.get("/api/v1/projects").status == 401 }
            #expect(isOpen)
            let info = try await server.get("/api/v1/info").json
            #expect(info["setup_required"].bool == false && info["timezone"].string == "Europe/Rome")
            #expect(info["api_version"].string == "v1")
            #expect(info["endpoints"]["time_entries"].string == "/api/v1/time-entries")
            #expect(try await server.get("/api/v1/projects").status == 401)
        }
    }

    @Test func usageIsCounted() async throws {
        try await TestServer.with(workers: 2) { server in
            for _ in 0..<7 { _ = try await server.get("/api/v1/projects") }
            let isCounted = try await wait(for: 10) { try server.sql("select usage_count from api_tokens") == "7" }
            #expect(isCounted)
            #expect(try server.sql("select last_used_at > now() - interval '1 minute' from api_tokens") == "t")
        }
    }

    @Test func rateLimitIsExactOverAllWorkers() async throws {
        let limits = ["API_TOKEN_RATE_LIMIT_PER_MINUTE": "100", "API_TOKEN_RATE_LIMIT_PER_HOUR": "1000"]
        try await TestServer.with(workers: 4, limits) { server in
            // Workers that have been ready for no time at all count like the others.
            let replies = try await parallel(300) { _ in try await server.get("/api/v1/users/me") }
            #expect(replies.filter { $0.status == 200 }.count == 100)
            #expect(replies.filter { $0.status == 429 }.count == 200)
            let remaining = Set(replies.filter { $0.status == 200 }.compactMap { $0.header("x-ratelimit-remaining") })
            #expect(remaining.count == 100)
            let refused = try #require(replies.first { $0.status == 429 })
            #expect(refused.header("x-ratelimit-limit") == "100")
            #expect(refused.header("x-ratelimit-remaining") == "0")
            #expect(refused.json["limit_per_minute"].int == 100 && refused.json["limit_per_hour"].int == 1000)
            #expect(refused.json["remaining_per_minute"].int == 0 && refused.json["remaining_per_hour"].int == 900)
            #expect((1...60).contains(Int(refused.header("retry-after") ?? "") ?? 0))
            #expect(refused.header("ratelimit-policy") == #""minute";q=100;w=60, "hour";q=1000;w=3600"#)
            #expect(try await server.get("/api/v1/health").header("x-ratelimit-limit") == nil)
        }
    }

    @Test func withoutRedisAHostCountsTogether() async throws {
        let settings = [
            "API_TOKEN_RATE_LIMIT_PER_MINUTE": "50", "API_TOKEN_RATE_LIMIT_PER_HOUR": "1000", "REDIS_ENABLED": "false",
        ]
        try await TestServer.with(workers: 4, settings) { server in
            let statuses = try await parallel(120) { _ in try await server.get("/api/v1/users/me").status }
            #expect(statuses.filter { $0 == 200 }.count == 50)
            #expect(statuses.filter { $0 == 429 }.count == 70)
        }
    }
}
