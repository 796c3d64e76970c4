import Foundation
import Testing

/// The API reference's examples in the languages it shows, unchanged but for address and token.
@Suite struct ExampleTests {
    @Test func curl() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Website Redesign")
            let statuses = try Self.run("/bin/sh", "client.sh", server).split(separator: "\n")
            #expect(statuses == ["200", "200", "200", "200", "200", "201"])
        }
    }

    @Test func python() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Website Redesign")
            let output = JSON.parse(Array(try Self.run("/usr/bin/python3", "client.py", server).utf8))
            #expect(output["list"].int == 200)
            #expect(output["create"].int == 201)
            #expect(output["entry"]["duration_hours"].double == 8)
        }
    }

    @Test func node() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try await server.makeProject("Website Redesign")
            let output = JSON.parse(Array(try Self.run("/usr/bin/nodejs", "client.js", server).utf8))
            #expect(output["list"].int == 200)
            #expect(output["start"].int == 201)
            #expect(output["again"].string == "timer_already_running")
        }
    }

    private static func run(_ program: String, _ script: String, _ server: TestServer) throws -> String {
        try Tool.run(
            program, ["Tests/examples/\(script)"],
            [
                "PATH": "/usr/bin:/bin", "BASE_URL": "http://127.0.0.1:\(server.port)", "API_TOKEN": server.token,
                "NODE_PATH": "/usr/share/nodejs",
            ])
    }
}
