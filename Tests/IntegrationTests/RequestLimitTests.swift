import Testing

/// What a client without a token may cost (RFC 9112 §6, §9).
@Suite struct RequestLimitTests {
    /// A letter with combining marks of two classes in turn, which Swift's own string comparison sorts in quadratic time.
    private static func marks(_ bytes: Int) -> String { "a" + String(repeating: "\u{301}\u{323}", count: bytes / 4) }

    /// One request whose head announces a body that isn't sent.
    private func headOnly(_ server: TestServer, _ path: String, length: Int, token: String = "") async throws
        -> HTTPReply
    {
        try await server.exchange(
            "POST \(path) HTTP/1.1\r\nHost: t\r\nX-API-Key: \(token)\r\nContent-Type: text/csv\r\nContent-Length: \(length)\r\n\r\n"
        )
    }

    @Test func refusalsDoNotWaitForTheBody() async throws {
        try await TestServer.with(workers: 1) { server in
            #expect(try await headOnly(server, "/nowhere", length: 16_000_000).status == 404)
            #expect(try await headOnly(server, "/api/v1/projects/1/nowhere", length: 16_000_000).status == 404)
            #expect(try await headOnly(server, "/api/v1/projects/1", length: 16_000_000).status == 405)
            #expect(try await headOnly(server, "/api/v1/time-entries/import-csv", length: 16_000_000).status == 401)
            #expect(try await headOnly(server, "/login", length: 65_537).status == 413)
            #expect(try await headOnly(server, "/setup", length: 65_537).status == 413)
            #expect(try await headOnly(server, "/api/v1/auth/login", length: 65_537).status == 413)
            let large = try await headOnly(server, "/api/v1/projects", length: 600_000, token: server.token)
            #expect(large.status == 413 && large.json["message"].string == "The request body exceeds 524288 bytes")
            #expect(
                try await headOnly(server, "/api/v1/time-entries/import-csv", length: 16_777_217, token: server.token)
                    .status
                    == 413)
        }
    }

    @Test func aRefusedBodyIsNotAskedFor() async throws {
        try await TestServer.with(workers: 1) { server in
            let reply = try await server.exchange(
                "POST /api/v1/clients HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
            #expect(reply.status == 401 && reply.header("connection") == "close")
        }
    }

    @Test func theConnectionOutlivesASmallBodyThatNobodyWanted() async throws {
        try await TestServer.with(workers: 1) { server in
            let statuses = try await blocking {
                let connection = try server.connect()
                try connection.send("POST /api/v1/clients HTTP/1.1\r\nHost: t\r\nContent-Length: 50000\r\n\r\n")
                let refused = try connection.receive()
                #expect(refused.header("connection") == "keep-alive")
                for _ in 0..<5 { try connection.send(String(repeating: "x", count: 10_000)) }
                try connection.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                return [refused.status, try connection.receive().status]
            }
            #expect(statuses == [401, 200])
        }
    }

    @Test func bodiesTogetherAreBounded() async throws {
        try await TestServer.with(workers: 1, ["MAX_BODY_BYTES_PER_CLIENT": "1048576"]) { server in
            let head =
                "POST /api/v1/time-entries/import-csv HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nContent-Type: text/csv\r\n"
            let csv = "project,start_time\n" + String(repeating: " \n", count: 350_000)
            let statuses = try await blocking {
                let first = try server.connect()
                try first.send(head + "Content-Length: \(csv.utf8.count)\r\n\r\n" + csv.dropLast())
                let second = try server.connect()
                try second.send(head + "Content-Length: \(csv.utf8.count)\r\n\r\n")
                let refused = try second.receive()
                #expect(refused.header("retry-after") == "1" && refused.json["error_code"].string == "overloaded")
                try first.send("\n")
                let taken = try first.receive().status
                let third = try server.connect()
                try third.send(head + "Content-Length: \(csv.utf8.count)\r\n\r\n" + csv)
                return [refused.status, taken, try third.receive().status]
            }
            #expect(statuses == [503, 200, 200])
        }
    }

    @Test func malformedFramingIsRefused() async throws {
        try await TestServer.with(workers: 1) { server in
            let login = "POST /api/v1/auth/login HTTP/1.1\r\nHost: t\r\n"
            for (request, status) in [
                ("GET /api/v1/health HTTP/1.1\r\n\r\n", 400), ("garbage\r\n\r\n", 400),
                ("\u{16}\u{3}\u{1}\r\n\r\n", 400),
                ("GET /api/v1/health HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n", 400),
                ("GET /api/v1/health HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
                ("GET /é HTTP/1.1\r\nHost: t\r\n\r\n", 400),
                ("POST /api/v1/auth/login HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (login + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
                (login + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
                (login + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\n", 413),
                (login + "Transfer-Encoding: chunked\r\n\r\nnope\r\n", 400),
                (login + "Transfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 20_000), 400),
                (login + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ] {
                let reply = try await server.exchange(request)
                #expect(reply.status == status, "\(request.prefix(100))")
                #expect(reply.header("connection") == "close", "\(request.prefix(100))")
            }
        }
    }

    @Test func theLongestIdleMakeRoom() async throws {
        try await TestServer.with(workers: 1, ["MAX_CONNECTIONS_PER_WORKER": "32", "IDLE_TIMEOUT": "3600"]) { server in
            try await blocking {
                let idle = try (0..<100).map { _ in try server.connect() }
                let started = ContinuousClock.now
                let last = try server.connect()
                try last.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try last.receive().status == 200)
                #expect(ContinuousClock.now - started < .seconds(2))
                #expect(idle[0].isClosedByServer())
            }
        }
    }

    @Test func oneAddressHasOnlySoManyConnections() async throws {
        try await TestServer.with(workers: 1, ["MAX_CONNECTIONS_PER_ADDRESS": "8", "TRUSTED_PROXY_HOPS": "0"]) {
            server in
            try await blocking {
                let kept = try (0..<8).map { _ in
                    let connection = try server.connect()
                    try connection.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(try connection.receive().status == 200)
                    return connection
                }
                #expect(try server.connect().isClosedByServer())
                try kept[0].send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                #expect(try kept[0].receive().status == 200)
                #expect(kept[0].isClosedByServer())
                let next = try server.connect()
                try next.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try next.receive().status == 200)
            }
        }
    }

    /// Each of these took between 0.3 and 8 seconds of the worker's only thread when it was compared as a Swift string.
    @Test func textOfCombiningMarksCostsNothing() async throws {
        try await TestServer.with(workers: 1, ["LOOP_HOLD_WARNING_MS": "100"]) { server in
            let marks = Self.marks(55_000)
            let form = "username=\(marks)&\(marks)=1&password=\(marks)"
            let requests = [
                "GET /dashboard HTTP/1.1\r\nHost: t\r\nCookie: \(marks)=\(marks.prefix(100)); session=x\r\nConnection: close\r\n\r\n",
                "GET /api/v1/users/me HTTP/1.1\r\nHost: t\r\nAuthorization: \(marks)\r\nConnection: close\r\n\r\n",
                "GET /api/v1/users/me HTTP/1.1\r\nHost: t\r\nX-API-Key: tt_\(marks)\r\nConnection: close\r\n\r\n",
                "POST /login HTTP/1.1\r\nHost: t\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.prefix(30_000).utf8.count)\r\nConnection: close\r\n\r\n\(form.prefix(30_000))",
                "GET /api/v1/health HTTP/1.1\r\nHost: t\r\nAccept: \(marks)\r\nIf-None-Match: \(marks)\r\nConnection: close\r\n\r\n",
            ]
            for request in requests {
                let reply = try await server.exchange(request)
                #expect((200..<500).contains(reply.status), "\(request.prefix(80))")
            }
            let body = marks.dropLast(100)
            for (path, json) in [
                ("/api/v1/auth/login", #"{"username":"\#(body)","password":"x"}"#),
                (
                    "/api/v1/clients",
                    #"{"\#(body.prefix(300))":1,"\#(body.prefix(301))":2,"name":"n","status":"\#(body)"}"#
                ),
                (
                    "/api/v1/webhooks",
                    #"{"name":"n","url":"https://a.example","events":["\#(body)"],"http_method":"\#(body)"}"#
                ),
            ] {
                let reply = try await server.post(path, json)
                #expect((400..<500).contains(reply.status), "\(path) \(reply.text.prefix(200))")
            }
            #expect(!server.log.contains("event loop held"))
        }
    }

    @Test func emptyLinesBeforeARequestAreFew() async throws {
        try await TestServer.with(workers: 1) { server in
            let request = "GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n"
            let statuses = try await blocking {
                let connection = try server.connect()
                var statuses: [Int] = []
                for blank in ["", "\r\n", "\r\n\r\n", "\n"] {
                    // In pieces, so that the lines come alone.
                    for byte in blank { try connection.send(String(byte)) }
                    try connection.send(request)
                    statuses.append(try connection.receive().status)
                }
                try connection.send(String(repeating: "\r\n", count: 129))
                statuses.append(try connection.receive().status)
                #expect(connection.isClosedByServer())
                return statuses
            }
            #expect(statuses == [200, 200, 200, 200, 400])
        }
    }

    @Test func runsOfCombiningMarksAreRefused() async throws {
        try await TestServer.with(workers: 1) { server in
            let reply = try await server.post(
                "/api/v1/clients", #"{"name":"a\#(String(repeating: "\u{301}", count: 31))"}"#)
            #expect(reply.status == 400 && reply.json["errors"]["name"][0].string == "Not a valid string.")
            #expect(
                try await server.post("/api/v1/clients", #"{"name":"a\#(String(repeating: "\u{301}", count: 30))"}"#)
                    .status
                    == 201)
            let query = String(repeating: "%CC%81", count: 31)
            #expect(
                try await server.get("/api/v1/search?q=a\(query)").json["errors"]["q"][0].string
                    == "Not a valid string.")
        }
    }

    /// What passes the checks of a field and doesn't fit its column is the client's mistake, never a fault of the server.
    @Test func valuesThatDoNotFitAreRefused() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await server.post("/api/v1/clients", #"{"name":"Fit"}"#).json["client"]["id"].int ?? 0
            for body in [
                #"{"name":"a","client_id":\#(client),"custom_fields":{"a":1e999999}}"#,
                #"{"name":"b","client_id":\#(client),"code":"\#(String(repeating: "ß", count: 20))"}"#,
            ] {
                let reply = try await server.post("/api/v1/projects", body)
                #expect(reply.status == 400 && reply.json["error_code"].string == "validation_error", "\(reply.text)")
            }
            #expect(try server.sql("select count(*) from projects") == "0")
        }
    }

    /// A page repeats its address in each row: a board of 440 cards would have 35 MB with an address of 16 KiB.
    @Test func pagesHaveShortAddresses() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            for path in ["/tasks/board", "/entries", "/timesheet/day"] {
                let long = try await browser.get(path + "?x=" + String(repeating: "'", count: 2000))
                #expect(long.status == 414, "\(path)")
                #expect(try await browser.get(path + "?x=" + String(repeating: "'", count: 1900)).status == 200)
            }
        }
    }

    /// An import and a bulk change compute for a while; the other requests of the worker must not wait for them.
    @Test func longWorkDoesNotHoldTheLoop() async throws {
        try await TestServer.with(workers: 1, ["LOOP_HOLD_WARNING_MS": "40"]) { server in
            let project = try await server.makeProject("Loop")
            let rows = (0..<10_000).map { "\(project),2024-01-01T\(10 + $0 % 10):00:00Z,0.5,note \($0)" }
            let csv = "project_id,start_time,duration_hours,notes\n" + rows.joined(separator: "\n")
            let imported = try await server.exchange(
                "POST /api/v1/time-entries/import-csv HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-API-Key: \(server.token)\r\nContent-Type: text/csv\r\nContent-Length: \(csv.utf8.count)\r\n\r\n\(csv)"
            )
            #expect(imported.status == 200)
            let ids = imported.json["created_ids"].array.prefix(1000).compactMap(\.int).map(String.init)
            let bulk = try await server.post(
                "/api/v1/time-entries/bulk",
                #"{"entry_ids":[\#(ids.joined(separator: ","))],"action":"add_tag","value":"x"}"#)
            #expect(bulk.json["affected"].int == 1000)
            #expect(
                !server.log.contains("event loop held"),
                "\(server.log.split(separator: "\n").filter { $0.contains("held") })")
        }
    }
}
