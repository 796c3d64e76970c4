import Foundation
import Glibc
import Testing

/// The admin address, metrics, and what the log says of a request.
@Suite(.serialized) struct AdminTests {
    private struct Reply {
        let status: Int
        let text: String
        var json: JSON { JSON.parse(Array(text.utf8)) }
    }

    private func admin(_ socket: String, _ path: String, accept: String = "*/*") throws -> Reply {
        let output = try Tool.run(
            "curl",
            [
                "-s", "--unix-socket", socket, "-H", "Accept: \(accept)", "-w", "\n%{http_code}",
                "http://localhost\(path)",
            ])
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.dropLast().joined(separator: "\n").trimmingCharacters(in: .newlines)
        return Reply(status: Int(lines.last ?? "") ?? 0, text: text)
    }

    private func withServer(
        workers: Int = 2, _ settings: [String: String] = [:],
        _ body: (TestServer, _ socket: String) async throws -> Void
    ) async throws {
        let socket = "/tmp/tt-admin-\(UInt32.random(in: 1 ... .max)).sock"
        let all = settings.merging(["ADMIN_BIND": "unix:\(socket)"]) { $1 }
        try await TestServer.with(workers: workers, all) { try await body($0, socket) }
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    private func value(_ metric: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(metric + " ") }.flatMap { line in
            line.split(separator: " ").last.flatMap { Double($0) }
        }
    }

    @Test func countersOutliveWorkersReloadsAndTheSupervisor() async throws {
        try await withServer { server, socket in
            #expect(try admin(socket, "/live").status == 200)
            let route =
                #"timetracker_http_request_duration_seconds_count{route="/api/v1/users/me",method="GET",class="2xx"}"#
            for _ in 0..<40 { #expect(try await server.get("/api/v1/users/me").status == 200) }
            _ = try await server.get("/api/v1/nothing")
            func count() throws -> Double? { value(route, in: try admin(socket, "/metrics").text) }
            #expect(try count() == 40)
            let text = try admin(socket, "/metrics").text
            #expect(text.contains(#"route="none",method="any",class="4xx"} 1"#))
            #expect(text.contains(#"timetracker_rate_limit_decisions_total{source="redis",outcome="allowed"} 40"#))
            #expect((value("timetracker_postgres_query_seconds_count", in: text) ?? 0) > 0)
            #expect((value("timetracker_redis_command_seconds_count", in: text) ?? 0) > 0)
            #expect(text.contains("timetracker_build_info{version="))
            #expect(value("timetracker_workers_wanted", in: text) == 2)

            for pid in server.workerPIDs { kill(pid, SIGKILL) }
            let isBack = await wait(for: 20) { (try? admin(socket, "/ready").text.contains("\"ready\"")) == true }
            #expect(isBack)
            #expect(try count() == 40)
            #expect(
                value(
                    #"timetracker_worker_restarts_total{reason="crash"}"#, in: try admin(socket, "/metrics").text) == 2)
            for signal in [SIGHUP, SIGUSR2] {
                let before = server.log.components(separatedBy: #""reloaded""#).count
                kill(server.pid, signal)
                let isDone = await wait(for: 30) { server.log.components(separatedBy: #""reloaded""#).count > before }
                #expect(isDone)
                #expect(try count() == 40)
            }
            #expect(try await server.get("/api/v1/users/me").status == 200)
            #expect(try count() == 41)
            #expect(try admin(socket, "/metrics", accept: "application/openmetrics-text").text.hasSuffix("# EOF"))
        }
    }

    @Test func readinessTellsWhatIsMissing() async throws {
        let redis = try PrivateRedis()
        try await withServer(["REDIS_URL": redis.url]) { server, socket in
            let isReady = await wait(for: 10) {
                (try? admin(socket, "/ready"))?.text == #"{"status":"ready","reasons":[]}"#
            }
            #expect(isReady)
            redis.kill()
            let isDegraded = await wait(for: 20) {
                (try? admin(socket, "/ready"))?.text == #"{"status":"degraded","reasons":["redis"]}"#
            }
            #expect(isDegraded)
            #expect(try admin(socket, "/ready").status == 200)
            try redis.start()
            let isBack = await wait(for: 20) { (try? admin(socket, "/ready"))?.text.contains("\"ready\"") == true }
            #expect(isBack)
            let other = server.databaseURL.replacingOccurrences(of: "/\(server.prefix)?", with: "/postgres?")
            try SQL.run(other, "alter database \(server.prefix) allow_connections false")
            try SQL.run(
                other, "select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(server.prefix)'")
            let isUnavailable = await wait(for: 20) {
                guard let reply = try? admin(socket, "/ready") else { return false }
                return reply.status == 503 && reply.text.contains("database")
            }
            #expect(isUnavailable)
            #expect(try admin(socket, "/live").status == 200)
        }
        redis.kill()
    }

    @Test func statusIsATable() async throws {
        try await withServer { server, socket in
            let isReady = await wait(for: 10) { (try? admin(socket, "/status"))?.json["state"].string == "ready" }
            #expect(isReady)
            let report = try admin(socket, "/status").json
            #expect(report["pid"].int == Int(server.pid) && report["workersWanted"].int == 2)
            #expect((report["workers"][1]["residentBytes"].int ?? 0) > 1 << 20)
            let table = try server.cli("status")
            #expect(table.hasPrefix("ready  version "))
            #expect(table.contains("SLOT  PID") && table.contains("jobs"))
            #expect(try server.cli("status", "--json").hasPrefix("{"))
            let nobody = #expect(throws: TestServer.Failure.self) {
                try server.cli("status", "--admin", "unix:/tmp/nobody.sock")
            }
            #expect(nobody?.description.contains("status 1") == true)
        }
    }

    /// 64 kept-alive connections over four workers, twelve times.
    @Test func connectionsSpreadEvenly() async throws {
        try await withServer(workers: 4) { server, socket in
            let isReady = await wait(for: 20) { (try? admin(socket, "/ready"))?.text.contains("\"ready\"") == true }
            #expect(isReady)
            for _ in 0..<12 {
                let connections = try await blocking {
                    let all = try (0..<64).map { _ in try server.connect() }
                    for one in all { try one.send("GET /api/v1/health HTTP/1.1\r\nHost: t\r\n\r\n") }
                    for one in all { _ = try one.receive() }
                    return all
                }
                let spread = try (0..<4).map {
                    try admin(socket, "/status").json["workers"][$0]["connections"].int ?? 0
                }
                #expect(spread.allSatisfy { (15...17).contains($0) }, "\(spread)")
                print("spread of 64 connections: \(spread)")
                withExtendedLifetime(connections) {}
                await closed(connections, socket)
            }
        }
    }

    private func closed(_ connections: [HTTPConnectionClient], _ socket: String) async {
        for connection in connections { connection.closeWriting() }
        await wait(for: 10) {
            guard let workers = try? admin(socket, "/status").json["workers"] else { return false }
            return (0..<4).allSatisfy { workers[$0]["connections"].int == 0 }
        }
    }

    @Test func metricsOnTheMainAddressAreForAdministrators() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            #expect(try await server.get("/metrics", token: "").status == 401)
            let user = try server.makeUser("ann")
            #expect(try await server.get("/metrics", token: user).status == 403)
            let reply = try await server.get("/metrics")
            #expect(reply.status == 200 && reply.text.contains("timetracker_worker_up{slot=\"0\"} 1"))
            #expect(reply.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        }
        try await TestServer.with(workers: 1, ["METRICS_ALLOW": "127.0.0.0/8"]) { server async throws in
            let reply = try await server.request(
                "GET", "/metrics", token: "", headers: ["Accept": "application/openmetrics-text; version=1.0.0"])
            #expect(reply.status == 200 && reply.text.hasSuffix("# EOF\n"))
        }
    }

    @Test func aRequestIsTracedAndASlowOneSaysWhereItsTimeWent() async throws {
        try await TestServer.with(workers: 1, ["SLOW_REQUEST_MS": "300"]) { server async throws in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let field = "00-\(trace)-00f067aa0ba902b7-01"
            let project = try await server.makeProject()
            _ = try await server.request("GET", "/api/v1/users/me", headers: ["traceparent": field])
            for bad in ["00-\(trace)-0000000000000000-01", "ff-\(trace)-00f067aa0ba902b7-01", "00-x", field + "-x"] {
                _ = try await server.request("GET", "/api/v1/info", headers: ["traceparent": bad])
            }
            let lock = try EntriesLock(server)
            let body =
                #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z"}"#
            async let booking = server.post("/api/v1/time-entries", body, headers: ["traceparent": field])
            #expect(try await EntriesLock.hasWaiters(1, server))
            // Longer than what counts as slow here.
            try await Task.sleep(for: .milliseconds(400))
            lock.release()
            let slow = try await booking
            #expect(slow.status == 201)
            let refused = try await server.request(
                "GET", "/api/v1/users/me", token: "tt_none", headers: ["traceparent": field])
            #expect(refused.status == 401)
            let isLogged = await wait(for: 5) { server.log.contains("slow request") }
            #expect(isLogged)
            let line = try #require(server.log.split(separator: "\n").first { $0.contains("slow request") })
            let json = JSON.parse(Array(line.utf8))
            #expect(json["trace_id"].string == trace)
            #expect(json["route"].string == "/api/v1/time-entries" && json["method"].string == "POST")
            let parts = ["duration_ms", "postgres_ms", "redis_ms", "pool_wait_ms", "handler_ms"].map { name in
                json[name].string.flatMap { Double($0) } ?? -1
            }
            #expect(parts.allSatisfy { $0 >= 0 } && parts[0] > 300 && parts[1] > 300 && parts[4] < 300)
            await wait(for: 5) { server.log.components(separatedBy: trace).count > 4 }
            let lines = server.log.split(separator: "\n").filter { $0.contains(#""trace_id":"\#(trace)""#) }
            // Two requests and the refused one in the access log, the slow one, and why the token was refused.
            #expect(lines.count == 5, "\(lines)")
            #expect(lines.allSatisfy { $0.contains("\"request_id\":\"") })
            #expect(lines.contains { $0.contains("token refused") })
        }
    }
}
