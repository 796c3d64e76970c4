import Foundation
import Glibc
import Testing

/// The event stream by which tabs and devices agree (behaviour.md §12.11).
@Suite(.serialized) struct LiveStreamTests {
    /// A browser's stream, read line by line.
    private final class Stream: Sendable {
        let connection: HTTPConnectionClient
        let head: HTTPReply

        init(_ server: TestServer, _ browser: Browser) async throws {
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            let connection = try server.connect()
            self.connection = connection
            head = try await blocking {
                try connection.send(
                    "GET /timer/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: \(cookie)\r\n\r\n"
                )
                return try connection.receive()
            }
        }

        /// The next message.
        func next() async throws -> JSON {
            let connection = connection
            return try await blocking {
                while true {
                    let line = try connection.receiveLine()
                    if line.hasPrefix("data: ") { return JSON.parse(Array(line.dropFirst(6).utf8)) }
                }
            }
        }

        /// Whether the server ends it within the time that the connection waits.
        func ends() async throws -> Bool {
            let connection = connection
            return try await blocking {
                while (try? connection.receiveLine()) != nil {}
                return true
            }
        }
    }

    @Test func everyStreamOfAPersonHearsOfChangesOfAllWorkers() async throws {
        try await TestServer.with(workers: 2) { server async throws in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            try server.cli("user", "create", "other", "--password", TestServer.password, "--role", "user")
            let stranger = Browser(server)
            try await stranger.signIn("other")
            var streams: [Stream] = []
            for _ in 0..<4 { streams.append(try await Stream(server, browser)) }
            let foreign = try await Stream(server, stranger)
            for stream in streams + [foreign] {
                #expect(stream.head.status == 200)
                #expect(stream.head.header("content-type") == "text/event-stream")
                #expect(stream.head.header("x-accel-buffering") == "no")
                #expect(stream.head.header("cache-control") == "no-store")
                #expect(stream.head.header("content-length") == nil)
                #expect(try await stream.next()["version"].string == "none")
            }
            for _ in 0..<3 {
                let began = ContinuousClock.now
                _ = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#)
                let state = try await browser.get("/timer/state").json
                for stream in streams {
                    while try await stream.next()["version"].string != state["version"].string {}
                }
                #expect(ContinuousClock.now - began < .seconds(2))
                _ = try await server.post("/api/v1/timer/stop", "{}")
                for stream in streams { while try await stream.next()["version"].string != "none" {} }
            }
            // What somebody else changes shows by the flag alone.
            try server.cli("user", "create", "boss", "--password", TestServer.password, "--role", "admin")
            let token = try server.cli(
                "token", "create", "--user", "boss", "--name", "t", "--scopes", "admin:all")
            let id = try server.sql("select max(id) from time_entries")
            _ = try await server.request(
                "PATCH", "/api/v1/time-entries/\(id)", #"{"notes":"Seen"}"#, token: token)
            #expect(try await streams[0].next()["changed"].bool == true)
            // Nobody else hears of it.
            _ = try await stranger.get("/dashboard")
            try server.sql("update users set is_active = false where username = 'other'")
            #expect(try await foreign.ends())
        }
    }

    @Test func streamsAreBoundedAndEndWithTheWorker() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            #expect(try await browser.request("GET", "/timer/events").status == 401)
            try await browser.signIn()
            var streams: [Stream] = []
            for _ in 0..<8 { streams.append(try await Stream(server, browser)) }
            let refused = try await Stream(server, browser)
            #expect(refused.head.status == 503 && refused.head.header("retry-after") == "30")
            // A stream that goes makes room.
            streams.removeLast()
            let isAdmitted = try await waitAsync(for: 5) { try await Stream(server, browser).head.status == 200 }
            #expect(isAdmitted)
            for stream in streams { _ = try await stream.next() }
            let began = ContinuousClock.now
            let reloads = server.log.components(separatedBy: #""message":"reloaded""#).count
            kill(server.pid, SIGHUP)
            for stream in streams { #expect(try await stream.ends()) }
            let isReloaded = await wait(for: 20) {
                server.log.components(separatedBy: #""message":"reloaded""#).count > reloads
            }
            #expect(isReloaded)
            // Well below the 10 s that a worker has for requests that take long.
            #expect(ContinuousClock.now - began < .seconds(8))
            #expect(try await Stream(server, browser).next()["version"].string == "none")
        }
    }

    @Test func theSessionEndsTheStream() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            try await browser.signIn()
            let stream = try await Stream(server, browser)
            _ = try await stream.next()
            try server.sql("delete from sessions")
            #expect(try await stream.ends())
        }
    }

    @Test func withoutTheDatabaseSessionPagesAskInstead() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            try await browser.signIn()
            let stream = try await Stream(server, browser)
            _ = try await stream.next()
            try server.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen settings' and datname = current_database()"
            )
            #expect(try await stream.ends())
            #expect(try await browser.get("/timer/state").json["version"].string == "none")
            let isBack = try await waitAsync(for: 15) { try await Stream(server, browser).head.status == 200 }
            #expect(isBack)
        }
    }
}
