import Testing

/// Whose word on the client's address, scheme and request id counts.
@Suite struct TrustedProxyTests {
    private static let told = ["X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Request-ID": "abc-1"]

    /// Reached directly, a client says what it likes.
    @Test func strangersAreNotBelieved() async throws {
        try await TestServer.with(workers: 1, ["TRUSTED_PROXIES": "192.0.2.0/24"]) { server async throws in
            let limited = try server.cli(
                "token", "create", "--user", "admin", "--name", "l", "--scopes", "read:*", "--allowed-ips",
                "203.0.113.0/24")
            let reply = try await server.request("GET", "/api/v1/users/me", token: limited, headers: Self.told)
            #expect(reply.status == 401)
            #expect(reply.header("strict-transport-security") == nil)
            #expect(reply.header("x-request-id")?.count == 36)
            // Each attempt says that it comes from elsewhere.
            var statuses: [Int] = []
            for index in 0..<6 {
                statuses.append(
                    try await server.request(
                        "POST", "/api/v1/auth/login", #"{"username":"x","password":"y"}"#, token: "",
                        headers: ["X-Forwarded-For": "203.0.113.\(index)"]
                    ).status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429])
        }
    }

    @Test func nobodyIsBelievedWhereThereIsNoProxy() async throws {
        for settings in [["TRUSTED_PROXIES": ""], ["TRUSTED_PROXY_HOPS": "0"]] {
            try await TestServer.with(workers: 1, settings) { server async throws in
                let reply = try await server.request("GET", "/api/v1/health", token: "", headers: Self.told)
                #expect(reply.header("strict-transport-security") == nil, "\(settings)")
                #expect(reply.header("x-request-id")?.count == 36)
            }
        }
    }

    @Test func ourProxiesAreBelieved() async throws {
        try await TestServer.with(workers: 1, ["TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8", "TRUSTED_PROXY_HOPS": "2"]) {
            server async throws in
            let limited = try server.cli(
                "token", "create", "--user", "admin", "--name", "l", "--scopes", "read:*", "--allowed-ips",
                "203.0.113.0/24")
            func status(_ forwarded: String) async throws -> Int {
                try await server.request(
                    "GET", "/api/v1/users/me", token: limited, headers: ["X-Forwarded-For": forwarded]
                ).status
            }
            #expect(try await status("203.0.113.7") == 200)
            #expect(try await status("203.0.113.7, 10.1.1.1") == 200)
            #expect(try await status("203.0.113.7, 198.51.100.1") == 401)
            #expect(try await status("203.0.113.7, 10.1.1.1, 10.1.1.2") == 401)
            let reply = try await server.request("GET", "/api/v1/health", token: "", headers: Self.told)
            #expect(reply.header("strict-transport-security") != nil)
            #expect(reply.header("x-request-id") == "abc-1")
            for id in ["a/b", "a b", "<b>", String(repeating: "x", count: 129)] {
                let other = try await server.request("GET", "/api/v1/health", token: "", headers: ["X-Request-ID": id])
                #expect(other.header("x-request-id")?.count == 36, "\(id)")
            }
        }
    }

    @Test func anAddressThatIsNoneIsAProblem() async throws {
        for value in ["nonsense", "10.0.0.0/33", "10.0.0.0/8;::1", ","] {
            let problem = await #expect(throws: TestServer.Failure.self) {
                try await TestServer.with(["TRUSTED_PROXIES": value]) { _ in }
            }
            #expect(problem?.description.contains("status 78") == true)
            #expect(problem?.description.contains("TRUSTED_PROXIES") == true)
        }
    }

    /// An address with a zone of any length must not become a failed write of the activity.
    @Test func longZonesAreCutOff() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let address = "fe80::1%" + String(repeating: "z", count: 60)
            let reply = try await server.post(
                "/api/v1/clients", #"{"name":"Zone"}"#, headers: ["X-Forwarded-For": address])
            #expect(reply.status == 201)
            #expect(try server.sql("select ip_address from activities order by id desc limit 1") == "fe80::1")
        }
    }
}
