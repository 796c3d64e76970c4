import Testing

/// Families that existing clients ask for and this product does not have, and what it says it has.
@Suite struct AbsentFamilyTests {
    @Test func theyAreRefusedLikeASwitchedOffModule() async throws {
        try await TestServer.with(workers: 1) { server in
            let token = try server.makeUser("ann", role: "viewer", scopes: "read:users")
            for path in ["/invoices", "/invoices/", "/invoices/7/pdf", "/per-diem-rates", "/clients/1/contacts"] {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                    let body = method == "GET" ? nil : "{}"
                    let reply = try await server.request(method, "/api/v1" + path, body, token: token)
                    #expect(reply.status == 403, "\(method) \(path)")
                    #expect(reply.json["success"].bool == false)
                    #expect(reply.json["error"].string == "module_disabled")
                    #expect(reply.json["error_code"].string == "module_disabled")
                    #expect(reply.json["message"].string?.hasSuffix(" is not part of this server") == true)
                    #expect(reply.json.keys == ["success", "error", "message", "error_code"])
                    #expect(reply.header("x-ratelimit-remaining") != nil)
                    for bad in ["", "tt_00000000000000000000000000000000"] {
                        let refused = try await server.request(method, "/api/v1" + path, body, token: bad)
                        #expect(refused.status == 401 && refused.json["error_code"].string == "unauthorized")
                    }
                }
            }
            let head = try await server.request("HEAD", "/api/v1/expenses", token: token)
            #expect(head.status == 403 && head.body.isEmpty)
            #expect(try await server.request("OPTIONS", "/api/v1/invoices", token: "").status == 204)
            for path in ["/invoicesx", "/clients/x/contacts", "/nothing"] {
                #expect(try await server.get("/api/v1" + path, token: token).status == 404, "\(path)")
            }
            let document = try await server.get("/api/openapi.json")
            #expect(!document.text.contains("invoices") || !document.json["paths"].keys.contains("/invoices"))
            #expect(!document.json["paths"].keys.contains { $0.contains("absent") })
        }
    }

    @Test func beforeTheSetup() async throws {
        try await TestServer.with(workers: 1, isSetUp: false) { server in
            let reply = try await server.get("/api/v1/invoices")
            #expect(reply.status == 503 && reply.json["error_code"].string == "setup_required")
        }
    }

    @Test func advertisedAddressesAnswer() async throws {
        try await TestServer.with(workers: 1) { server in
            let endpoints = try await server.get("/api/v1/info").json["endpoints"]
            #expect(endpoints["timer"].string == "/api/v1/timer/status")
            #expect(endpoints["reports"].string == "/api/v1/reports/summary")
            func addresses(_ json: JSON) -> [String] {
                json.keys.flatMap { key in json[key].string.map { [$0] } ?? addresses(json[key]) }
            }
            let all = addresses(endpoints)
            #expect(all.count > 15)
            for address in all {
                let isSearch = address.hasSuffix("/search")
                let status = try await server.get(address + (isSearch ? "?q=something" : "")).status
                // Movements are only made there.
                #expect(status == (address.hasSuffix("/movements") ? 405 : 200), "\(address)")
            }
        }
    }

    @Test func tokensThatHaveExpired() async throws {
        try await TestServer.with(workers: 1) { server in
            for days in ["0", "-1", "-3650"] {
                let token = try server.cli(
                    "token", "create", "--user", "admin", "--name", "old", "--scopes", "*", "--expires-days", days)
                #expect(token.hasPrefix("tt_"))
                let reply = try await server.get("/api/v1/users/me", token: token)
                #expect(reply.status == 401 && reply.json["error"].string == "Invalid token", "\(days)")
            }
            let token = try server.cli(
                "token", "create", "--user", "admin", "--name", "new", "--scopes", "*", "--expires-days", "1")
            #expect(try await server.get("/api/v1/users/me", token: token).status == 200)
            for days in ["3651", "-3651"] {
                #expect(throws: TestServer.Failure.self) {
                    try server.cli(
                        "token", "create", "--user", "admin", "--name", "x", "--scopes", "*", "--expires-days", days)
                }
            }
        }
    }
}
