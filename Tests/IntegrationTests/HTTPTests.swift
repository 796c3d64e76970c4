import Testing

/// The transport (behaviour.md §1; RFC 9110, 9112).
@Suite struct HTTPTests {
    @Test func errorsHaveTheStandardBody() async throws {
        try await TestServer.with(workers: 1) { server in
            func check(_ reply: HTTPReply, _ status: Int, _ code: String) {
                #expect(reply.status == status)
                #expect(reply.header("content-type") == "application/json")
                #expect(reply.json["error_code"].string == code)
                #expect(reply.json["success"].bool == false)
                #expect(reply.json["error"].string != nil && reply.json["message"].string != nil)
            }
            check(try await server.get("/nowhere"), 404, "not_found")
            check(try await server.get("/api/v1/nowhere", token: ""), 404, "not_found")
            let method = try await server.request("DELETE", "/api/v1/projects")
            check(method, 405, "method_not_allowed")
            #expect(method.header("allow") == "GET, POST, HEAD, OPTIONS")
            check(try await server.post("/api/v1/projects", "{nope"), 400, "bad_request")
            check(try await server.post("/api/v1/projects", "[1]"), 400, "validation_error")
            #expect(
                try await server.post("/api/v1/projects", "[1]").json["errors"]["_schema"][0].string
                    == "Invalid input type.")
            check(try await server.post("/api/v1/projects", "null"), 400, "validation_error")
            let media = try await server.exchange(
                "POST /api/v1/projects HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-API-Key: \(server.token)\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"
            )
            check(media, 415, "unsupported_media_type")
            let large = try await server.exchange(
                "POST /api/v1/projects HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nContent-Length: 16777217\r\n\r\n"
            )
            check(large, 413, "payload_too_large")
            check(try await server.exchange("GET / HTTP/1.1\r\nno colon\r\n\r\n"), 400, "bad_request")
            let odd = "FOO /api/v1/health HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
            check(try await server.exchange(odd), 405, "method_not_allowed")
            check(
                try await server.exchange(
                    "GET / HTTP/1.1\r\nHost: t\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n"), 431,
                "headers_too_large")
        }
    }

    @Test func chunkedBodiesAreLimitedToo() async throws {
        try await TestServer.with(workers: 1) { server in
            let status = try await blocking {
                let connection = try server.connect()
                try connection.send(
                    "POST /api/v1/projects HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                let chunk = "100000\r\n" + String(repeating: " ", count: 0x100000) + "\r\n"
                // The server refuses after 16 of them; what it doesn't read any more may fail to be sent.
                for _ in 0..<18 { do { try connection.send(chunk) } catch { break } }
                return try connection.receive().status
            }
            #expect(status == 413)
            let small = try await server.exchange(
                "POST /api/v1/clients HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-API-Key: \(server.token)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n8\r\ne\":\"Ch\"}\r\n0\r\n\r\n"
            )
            #expect(small.status == 201)
        }
    }

    @Test func connectionsPersistAsTold() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            func closes(_ request: String) async throws -> Bool {
                try await blocking {
                    let connection = try server.connect()
                    try connection.send(request)
                    let reply = try connection.receive()
                    #expect(reply.status == 200)
                    if reply.header("connection") == "keep-alive" { return false }
                    return connection.isClosedByServer()
                }
            }
            let path = "GET /api/v1/health"
            #expect(try await !closes("\(path) HTTP/1.1\r\nHost: t\r\n\r\n"))
            #expect(try await closes("\(path) HTTP/1.0\r\n\r\n"))
            #expect(try await !closes("\(path) HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"))
            for value in ["close", "Close", "CLOSE, TE", "te , close"] {
                #expect(try await closes("\(path) HTTP/1.1\r\nHost: t\r\nConnection: \(value)\r\n\r\n"))
            }
        }
    }

    /// Also when the client says with its last one that no more will come.
    @Test(arguments: [false, true], [false, true])
    func pipelinedRequestsAreAnsweredInOrder(_ closes: Bool, _ areQuick: Bool) async throws {
        try await TestServer.with(workers: 1) { server in
            let statuses = try await blocking {
                let connection = try server.connect()
                let paths = (0..<100).map {
                    areQuick || $0.isMultiple(of: 2)
                        ? "/api/v1/health" : $0.isMultiple(of: 3) ? "/api/v1/users/me" : "/nope"
                }
                try connection.send(
                    paths.map { "GET \($0) HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\n\r\n" }.joined())
                if closes { connection.closeWriting() }
                return try paths.map { path in (path, try connection.receive().status) }
            }
            for (path, status) in statuses { #expect(status == (path == "/nope" ? 404 : 200)) }
        }
    }

    @Test func expectContinueHeadAndHalfClose() async throws {
        try await TestServer.with(workers: 1) { server in
            let statuses = try await blocking {
                let connection = try server.connect()
                try connection.send(
                    "POST /api/v1/clients HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n"
                )
                let interim = try connection.receive().status
                try connection.send(#"{"name":"E"} "#.dropLast().description)
                let final = try connection.receive().status
                try connection.send("HEAD /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                let head = try connection.receive(head: true)
                #expect(Int(head.header("content-length") ?? "0") ?? 0 > 0)
                try connection.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                connection.closeWriting()
                return [interim, final, head.status, try connection.receive().status]
            }
            #expect(statuses == [100, 201, 200, 200])
        }
    }

    @Test func slowClientsAreCutOff() async throws {
        try await TestServer.with(workers: 1, ["HEADER_TIMEOUT": "1", "BODY_TIMEOUT": "1", "IDLE_TIMEOUT": "1"]) {
            server in
            func answer(_ text: String) async throws -> Int {
                try await blocking {
                    let connection = try server.connect()
                    try connection.send(text)
                    return (try? connection.receive().status) ?? 0
                }
            }
            async let head = answer("GET /api/v1/health HTTP/1.1\r\nHost: t")
            async let body = answer("POST /api/v1/auth/login HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n{")
            async let silent = answer("")
            let statuses = try await [head, body, silent]
            #expect(statuses == [408, 408, 0])
        }
    }

    @Test func corsRequestIDAndSecurityHeaders() async throws {
        try await TestServer.with(workers: 1) { server in
            let preflight = try await server.request(
                "OPTIONS", "/api/v1/time-entries", token: "", headers: ["Origin": "https://a.example"])
            #expect(preflight.status == 204)
            #expect(preflight.header("access-control-allow-origin") == "https://a.example")
            #expect(preflight.header("access-control-max-age") == "600")
            #expect(preflight.header("access-control-allow-headers")?.contains("Idempotency-Key") == true)
            #expect(preflight.header("access-control-allow-credentials") == nil)
            let reply = try await server.request(
                "GET", "/api/v1/health", headers: ["X-Request-ID": "abc-1", "X-Forwarded-Proto": "https"])
            #expect(reply.header("x-request-id") == "abc-1")
            #expect(reply.header("access-control-allow-origin") == "*" && reply.header("vary") == "Origin")
            #expect(reply.header("x-content-type-options") == "nosniff" && reply.header("x-frame-options") == "DENY")
            #expect(reply.header("strict-transport-security") != nil)
            let odd = try await server.request("GET", "/api/health", headers: ["X-Request-ID": "a\"b"])
            #expect(odd.header("x-request-id")?.count == 36)
            #expect(odd.header("x-api-deprecated") == "true" && odd.header("access-control-allow-origin") == nil)
            #expect(try await server.get("/api/v1/projects/").status == 200)
        }
    }

    @Test func malformedRequestsNeverBreakAnything() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            let statuses = try await parallel(8) { lane in
                try await blocking {
                    var noise = Noise(seed: UInt64(lane) + 1)
                    return (0..<250).map { _ -> Int in
                        guard let connection = try? server.connect() else { return -1 }
                        try? connection.send(noise.request(token: server.token, project: project))
                        connection.closeWriting()
                        return (try? connection.receive().status) ?? 0
                    }
                }
            }.flatMap(\.self)
            #expect(statuses.count == 2000)
            #expect(statuses.filter { $0 >= 500 || $0 == -1 }.isEmpty)
            #expect(!server.log.contains("\"level\":\"error\""))
            #expect(server.workerPIDs.count == 2)
            // Nothing is left open: neither connections nor leases.
            let isQuiet = await wait(for: 5) {
                (try? Tool.run("sh", ["-c", "ss -tnH state established sport = :\(server.port) | wc -l"])) == "0"
            }
            #expect(isQuiet)
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }
}

/// Requests that are almost right, from a seeded generator.
private struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }

    mutating func request(token: String, project: Int) -> String {
        let method = pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "get", ""])
        let path = pick([
            "/api/v1/projects", "/api/v1/projects/\(project)", "/api/v1/tasks", "/api/v1/clients",
            "/api/v1/time-entries",
            "/api/v1/timer/start", "/api/v1/timer/stop", "/api/v1/users", "/api/v1/auth/login", "//", "/%00",
            "/api/v1/projects/%ff",
            "/api/v1/time-entries/99999999999999999999", "/api/v1/projects/-1", "*", "http://x/api/v1/health", "",
        ])
        let query = pick([
            "", "?page=%ff", "?per_page=1e9", "?start_date=2024-99-99", "?project_id=\u{1F600}", "?q=%", "?&&==&",
            "?status=%00",
        ])
        let body = pick([
            "", "{", "[]", "null", "{\"name\":\"\\ud800\"}", "{\"name\":\"\\u0000\"}", "{\"name\":[],\"client_id\":{}}",
            "{\"project_id\":1e400,\"start_time\":\"x\"}",
            "{\"project_id\":\(project),\"start_time\":\"9999-12-31T23:59:59-15:00\"}",
            "{\"project_id\":\(project),\"start_time\":\"0001-01-01T00:00:00+15:00\",\"end_time\":\"9999-12-31T00:00:00Z\"}",
            "{\"project_id\":\(project),\"start_time\":\"0001-01-01T00:00:00\",\"end_time\":\"9999-12-31T23:59:59\",\"break_seconds\":-9}",
            "{\"name\":\"x\",\"client_id\":1,\"hourly_rate\":99999999.999,\"estimated_hours\":1e308}",
            "{\"name\":\"x\",\"client_id\":1,\"custom_fields\":{\"a\":1e999}}", String(repeating: "[", count: 5000),
            "{\"priority\":1e99,\"name\":\"x\",\"project_id\":\(project),\"due_date\":\"0000-00-00\"}", "\u{FEFF}{}",
            "{\"a\":1}{",
        ])
        let header = pick([
            "", "Content-Length: -1", "Content-Length: 5, 5", "Transfer-Encoding: gzip", "Expect: 200-ok",
            "Idempotency-Key: \(next(9))",
            "Idempotency-Key: \(String(repeating: "k", count: 200))", "X-Forwarded-For: ,,,",
            "Connection: upgrade\r\nUpgrade: h2c",
            "Origin: \u{1F600}", " folded", "A:b\r\n\tc", "Content-Encoding: br", "X-Request-ID: \u{7}",
        ])
        let type = pick(["application/json", "text/plain", "application/vnd.api+json; charset=x", ""])
        let version = pick(["1.1", "1.1", "1.1", "1.0", "2.0", "9.9", "x"])
        return
            "\(method) \(path)\(query) HTTP/\(version)\r\nHost: t\r\nAuthorization: Bearer \(token)\r\nContent-Type: \(type)\r\n"
            + (header.isEmpty ? "" : header + "\r\n") + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
