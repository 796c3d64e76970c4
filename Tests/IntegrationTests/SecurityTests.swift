import Foundation
import Testing

/// Attacks that no other suite has, by Documentation/threat-model.md.
@Suite(.serialized) struct SecurityTests {
    /// No spelling of a path leads to another route, out of the assets, or past a gate.
    @Test func pathTricksLeadNowhere() async throws {
        try await TestServer.with(workers: 1) { server in
            let tricks = [
                "/api/v1/../v1/users", "/api/v1/%2e%2e/v1/users", "/api/v1/./users", "/api//v1/users",
                "/api/v1/users%00",
                "/api/v1/users%2f", "/api/v1/users;x=y", "/API/V1/USERS", "/api/v1%2fusers", "/api/v1/users/%2e",
                "/assets/../../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd",
                "/assets/..%5c..%5cetc/passwd", "/assets//etc/passwd", "/assets/%00", "/static/../../etc/passwd",
                "/api/docs/../../etc/passwd", "/api/docs/swagger-ui.css/../../../etc/passwd",
                "/%c0%ae%c0%ae/etc/passwd",
                "/..", "/../", "//example.org/", "/\\example.org", "/%5cexample.org",
            ]
            for path in tricks {
                for token in [nil, server.token] {
                    let field = token.map { "X-API-Key: \($0)\r\n" } ?? ""
                    let reply = try await server.exchange("GET \(path) HTTP/1.1\r\nHost: t\r\n\(field)\r\n")
                    #expect((300..<500).contains(reply.status), "\(path): \(reply.status)")
                    let text = String(decoding: reply.body, as: UTF8.self)
                    #expect(!text.contains("root:") && !text.contains("\"users\""), "\(path)")
                    // A redirection stays here: a path that begins with two slashes would be another host.
                    if let location = reply.header("location") {
                        #expect(
                            location.hasPrefix("/") && !location.hasPrefix("//") && !location.hasPrefix("/\\"),
                            "\(path)")
                    }
                }
            }
        }
    }

    /// Nobody unpacks what a client sends: a bomb is some bytes that are no JSON.
    @Test func compressedBodiesAreNotUnpacked() async throws {
        try await TestServer.with(workers: 1) { server in
            // gzip of 10 MB of blanks, then a document.
            let bomb = "/tmp/tt-bomb-\(UInt32.random(in: 1 ... .max))"
            defer { _ = try? Tool.run("rm", [bomb]) }
            try Tool.run(
                "sh", ["-c", "(head -c 10000000 /dev/zero | tr '\\0' ' '; echo '{\"name\":\"x\"}') | gzip -9 >\(bomb)"])
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: bomb)))
            for coding in ["gzip", "deflate", "br", "gzip, gzip", "GZIP", "x-gzip", "zstd"] {
                let reply = try await blocking {
                    let connection = try server.connect()
                    try connection.send(
                        "POST /api/v1/clients HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nContent-Type: application/json\r\nContent-Encoding: \(coding)\r\nContent-Length: \(bytes.count)\r\n\r\n"
                    )
                    try connection.send(bytes)
                    return try connection.receive()
                }
                #expect([400, 415].contains(reply.status), "\(coding): \(reply.status)")
            }
            let list = try await server.exchange(
                "GET /api/v1/clients HTTP/1.1\r\nHost: t\r\nX-API-Key: \(server.token)\r\nAccept-Encoding: gzip, br\r\n\r\n"
            )
            // Nor is an answer packed, which would tell its length of secrets and of what a client put beside them.
            #expect(list.status == 200 && list.header("content-encoding") == nil)
            #expect(list.json["clients"][0]["name"].string == nil)
        }
    }

    /// Whatever a client sends, each line of the log is one line, one JSON object, with the server's own level and message.
    @Test func theLogCannotBeForged() async throws {
        try await TestServer.with(workers: 1, ["LOG_LEVEL": "debug"]) { server in
            let forged = #"x","level":"critical","message":"forged"#
            let marks = ["\u{2028}", "\u{85}", "\u{1B}[2K", "\\n", "\\\"", "\\u000a", "\u{202E}"]
            for mark in marks {
                let text = mark + forged
                for head in [
                    "GET /api/v1/\(encoded(text)) HTTP/1.1\r\nHost: t\r\n",
                    "GET / HTTP/1.1\r\nHost: t\r\nX-Request-ID: \(text)\r\n",
                    "GET / HTTP/1.1\r\nHost: t\r\nUser-Agent: \(text)\r\n",
                    "GET / HTTP/1.1\r\nHost: t\r\ntraceparent: 00-\(text)-01\r\n",
                    "GET / HTTP/1.1\r\nHost: t\r\nX-Forwarded-For: \(text)\r\n",
                    "GET / HTTP/1.1\r\nHost: t\r\nX-API-Key: \(text)\r\n",
                ] { _ = try? await server.exchange(head + "\r\n") }
                let name = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
                    of: "\"", with: "\\\""
                )
                .replacingOccurrences(of: "\u{1B}", with: "\\u001b")
                _ = try await server.post("/api/v1/auth/login", #"{"username":"\#(name)","password":"p\\n\#(name)"}"#)
                _ = try await server.post(
                    "/api/v1/clients", #"{"name":"\#(name)\\u000a{\\"level\\":\\"x\\"}"}"#, token: server.token)
            }
            _ = try await server.get("/api/v1/users/me?last", token: server.token)
            await wait(for: 5) { server.log.contains("/api/v1/users/me") }
            let lines = server.log.split(separator: "\n", omittingEmptySubsequences: true)
            #expect(lines.count > marks.count * 6)
            for line in lines {
                // Terminals and viewers take more for a line's end than LF.
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "\(line)")
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
                #expect(object["level"] as? String != "critical" && object["message"] as? String != "forged", "\(line)")
            }
        }
    }

    private func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let hex = String(byte, radix: 16)
            return "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }

    /// Values of a client that come back in a head can't end a field or begin one.
    @Test func headersCannotBeInjected() async throws {
        try await TestServer.with(workers: 1) { server in
            let ends = [
                "%0d%0aX-Injected:%20yes", "%0aX-Injected:yes", "%e5%98%8a%e5%98%8dX-Injected:yes", "%00%0d%0a",
            ]
            for end in ends {
                for path in ["/login?next=/\(end)", "/login?next=\(end)", "/projects\(end)", "/api/v1/projects/\(end)"]
                {
                    let reply = try await server.exchange("GET \(path) HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(reply.header("x-injected") == nil, "\(path)")
                    #expect(reply.status < 500, "\(path)")
                }
            }
            // Bytes that a field can't hold are refused before anybody echoes them.
            for value in ["a\rX-Injected: yes", "a\nX-Injected: yes", "a\0b"] {
                let reply = try await server.exchange("GET / HTTP/1.1\r\nHost: t\r\nX-Request-ID: \(value)\r\n\r\n")
                #expect(reply.status == 400 && reply.header("x-injected") == nil)
            }
            let odd = try await server.exchange("GET / HTTP/1.1\r\nHost: t\r\nX-Request-ID: a b,\"c\"<d>\r\n\r\n")
            #expect(odd.header("x-request-id")?.contains("\"") == false)
        }
    }

    /// Whether a name or a token exists can't be told from how long a refusal takes.
    @Test func refusalsTakeTheSameTime() async throws {
        try await TestServer.with(workers: 1) { server in
            // Waits for accounts and addresses would hide what is measured: each attempt comes from an address of its own.
            func login(_ name: String, _ turn: Int) async throws -> Double {
                let body = #"{"username":"\#(name)","password":"wrong \#(turn)"}"#
                let start = ContinuousClock.now
                let reply = try await server.post(
                    "/api/v1/auth/login", body,
                    headers: ["X-Forwarded-For": "198.51.\(turn % 200 + 1).\(name == "admin" ? 1 : 2)"])
                #expect(reply.status == 401, "\(reply.status)")
                return seconds(since: start)
            }
            var known: [Double] = []
            var unknown: [Double] = []
            for turn in 0..<8 {
                known.append(try await login("admin", turn))
                unknown.append(try await login("nobody\(turn)", turn))
            }
            // Without the hashing an unknown name would take a fiftieth.
            let ratio = median(unknown) / median(known)
            #expect(ratio > 0.5 && ratio < 2, "\(ratio): \(known) \(unknown)")

            func refused(_ token: String) async throws -> Double {
                let start = ContinuousClock.now
                let reply = try await server.get("/api/v1/users/me", token: token)
                #expect(reply.status == 401)
                return seconds(since: start)
            }
            // Tokens are looked up by their digest: one that begins as a real one is as far from it as any.
            var near: [Double] = []
            var far: [Double] = []
            for turn in 0..<150 {
                let end = String(1000 + turn)
                near.append(try await refused(String(server.token.dropLast(4)) + end))
                far.append(try await refused("tt_" + String(repeating: "x", count: 28) + end))
            }
            let tokens = median(near) / median(far)
            #expect(tokens > 0.5 && tokens < 2, "\(tokens)")
        }
    }

    private func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = (ContinuousClock.now - start).components
        return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
