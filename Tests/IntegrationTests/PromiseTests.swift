import Foundation
import Glibc
import Testing

/// What the product promises when things go wrong.
@Suite struct PromiseTests {
    private static func entry(_ project: Int) -> String {
        #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z"}"#
    }

    @Test func fiftyRequestsWithOneKeyMakeOneEntry() async throws {
        try await TestServer.with(workers: 4) { server in
            let project = try await server.makeProject()
            let replies = try await parallel(50) { _ in
                try await server.post("/api/v1/time-entries", Self.entry(project), headers: ["Idempotency-Key": "one"])
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(Set(replies.map(\.text)).count == 1)
            #expect(replies.filter { $0.header("idempotency-replayed") == "true" }.count == 49)
            #expect(try server.sql("select count(*) from time_entries") == "1")
        }
    }

    @Test func keysAreReplayedWhateverHappened() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            func send(_ body: String, _ key: String = "k", token: String? = nil) async throws -> HTTPReply {
                try await server.post("/api/v1/time-entries", body, token: token, headers: ["Idempotency-Key": key])
            }
            let bad = try await send(#"{"project_id":\#(project)}"#)
            #expect(bad.status == 400)
            let first = try await send(Self.entry(project))
            #expect(first.status == 201 && first.header("idempotency-replayed") == nil)
            let id = first.json["time_entry"]["id"].int ?? 0
            _ = try await server.delete("/api/v1/time-entries/\(id)")
            // With Redis' copy and without it, with the same body, another one and nonsense.
            for forgetting in [false, true] {
                for body in [Self.entry(project), #"{"project_id":99999}"#, "{nonsense", ""] {
                    if forgetting { try server.redis("--scan", "--pattern", "*:idem:*", forEach: "DEL") }
                    let again = try await send(body)
                    #expect(again.status == 201 && again.text == first.text)
                    #expect(again.header("idempotency-replayed") == "true")
                }
            }
            let other = try server.cli("token", "create", "--user", "admin", "--name", "o", "--scopes", "*")
            #expect(try await send(Self.entry(project), token: other).json["time_entry"]["id"].int != id)
            let long = try await send(Self.entry(project), String(repeating: "k", count: 129))
            #expect(long.status == 400 && long.json["errors"].keys == ["Idempotency-Key"])
            #expect(try await send(Self.entry(project), String(repeating: "k", count: 128)).status == 201)

            try server.sql("update api_idempotency_keys set created_at = now() - interval '24 hours 1 second'")
            try server.redis("--scan", "--pattern", "*:idem:*", forEach: "DEL")
            #expect(try await send(Self.entry(project)).json["time_entry"]["id"].int != id)
        }
    }

    @Test func aRunningTimerIsReplayedNotRefused() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            let body = #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z"}"#
            let first = try await server.post("/api/v1/time-entries", body, headers: ["Idempotency-Key": "t"])
            #expect(first.status == 201)
            try server.redis("--scan", "--pattern", "*:idem:*", forEach: "DEL")
            let again = try await server.post("/api/v1/time-entries", body, headers: ["Idempotency-Key": "t"])
            #expect(again.status == 201 && again.text == first.text)
        }
    }

    @Test func oneOfTwentyTimerStartsWins() async throws {
        try await TestServer.with(workers: 4) { server in
            let project = try await server.makeProject()
            let statuses = try await parallel(20) { _ in
                try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#).status
            }
            #expect(statuses.filter { $0 == 201 }.count == 1)
            #expect(statuses.filter { $0 == 409 }.count == 19)
        }
    }

    @Test func aKilledWorkerCostsOnlyItsOwnConnections() async throws {
        try await TestServer.with(workers: 4) { server in
            let load = Load(server, connections: 16)
            try await load.run {
                for _ in 0..<6 {
                    await load.progress()
                    if let victim = server.workerPIDs.randomElement() { kill(victim, SIGKILL) }
                }
            }
            #expect(load.answered > 500)
            #expect(load.serverErrors == 0)
            // Each kill may cut the connections of one worker, which is at most all 16.
            #expect(load.cut <= 6 * 16)
            let isBack = await wait(for: 10) { server.workerPIDs.count == 4 }
            #expect(isBack)
        }
    }

    @Test func losingRedisCostsNothingAndLimitsHold() async throws {
        let redis = try PrivateRedis()
        let settings = [
            "REDIS_URL": redis.url, "API_TOKEN_RATE_LIMIT_PER_MINUTE": "100000",
            "API_TOKEN_RATE_LIMIT_PER_HOUR": "100000",
        ]
        try await TestServer.with(workers: 2, settings) { server in
            let load = Load(server, connections: 8)
            try await load.run {
                await load.progress()
                redis.kill()
                await load.progress()
                try redis.start()
            }
            #expect(load.serverErrors == 0)
            #expect(load.cut == 0)
            #expect(load.answered > 500)
            let isBack = try await waitAsync(for: 15) {
                _ = try await server.get("/api/v1/users/me")
                return try !Tool.run("redis-cli", ["-s", redis.socket, "--scan", "--pattern", "*rl:*"]).isEmpty
            }
            #expect(isBack)
        }
        redis.kill()
    }

    @Test func postgresRestartGives503ThenRecovers() async throws {
        let postgres = try PrivatePostgres()
        defer { postgres.stop() }
        try await TestServer.with(workers: 2, ["DATABASE_URL": postgres.url]) { server in
            let load = Load(server, connections: 8)
            try await load.run {
                await load.progress()
                try postgres.restart()
            }
            #expect(load.statuses.keys.allSatisfy { $0 == 200 || $0 == 503 })
            #expect(load.cut == 0)
            #expect(load.lackingRetryAfter == 0)
            let pids = server.workerPIDs
            #expect(pids.count == 2)
            let isBack = try await waitAsync(for: 15) { try await server.get("/api/v1/users/me").status == 200 }
            #expect(isBack)
            #expect(server.workerPIDs == pids)
        }
    }

    @Test func drainFinishesWhatIsInFlight() async throws {
        let server = try await TestServer.start(workers: 2)
        let project = try await server.makeProject()
        let lock = try EntriesLock(server)
        async let replies = parallel(6) { _ in try await server.post("/api/v1/time-entries", Self.entry(project)) }
        #expect(try await EntriesLock.hasWaiters(6, server))
        kill(server.pid, SIGTERM)
        #expect(await wait(for: 10) { server.log.contains(#""message":"draining""#) })
        lock.release()
        let statuses = try await replies.map(\.status)
        #expect(statuses == Array(repeating: 201, count: 6))
        await server.stop()
        #expect(server.exitStatus == 0)
    }

    /// Workers are killed before the commit (while the insert waits for a lock) and between commit and reply (at random
    /// moments of a burst); every client then retries with its key.
    @Test func aWriteKilledAtAnyStageIsThereOnceAfterTheRetry() async throws {
        try await TestServer.with(workers: 2) { server in
            let project = try await server.makeProject()
            let lock = try EntriesLock(server, mode: "access exclusive")
            async let blocked = parallel(4) { index in
                try? await server.post(
                    "/api/v1/time-entries", Self.entry(project), headers: ["Idempotency-Key": "before-\(index)"])
            }
            #expect(try await EntriesLock.hasWaiters(4, server))
            for pid in server.workerPIDs { kill(pid, SIGKILL) }
            _ = try await blocked
            lock.release()
            for round in 0..<8 {
                async let burst = parallel(6) { index in
                    try? await server.post(
                        "/api/v1/time-entries", Self.entry(project),
                        headers: ["Idempotency-Key": "round-\(round)-\(index)"])
                }
                // At least one commit, then the kill: some replies are lost after their commit.
                let before = try server.sql("select count(*) from api_idempotency_keys")
                await wait(for: 2) { (try? server.sql("select count(*) from api_idempotency_keys")) != before }
                for pid in server.workerPIDs { kill(pid, SIGKILL) }
                _ = try await burst
            }
            let keys = (0..<4).map { "before-\($0)" } + (0..<8).flatMap { r in (0..<6).map { "round-\(r)-\($0)" } }
            for key in keys {
                let isThere = try await waitAsync(for: 30) {
                    let reply = try? await server.post(
                        "/api/v1/time-entries", Self.entry(project), headers: ["Idempotency-Key": key])
                    return reply?.status == 201
                }
                #expect(isThere, "\(key)")
            }
            #expect(try server.sql("select count(*) from time_entries") == "\(keys.count)")
            #expect(try server.sql("select sum(completed) from entry_totals where kind = 'a'") == "\(keys.count)")
        }
    }

    /// A worker that neither dies nor answers is replaced (its heartbeat stops).
    @Test func aStoppedWorkerIsReplaced() async throws {
        try await TestServer.with(workers: 2) { server in
            // One that is still starting would be given the time to start.
            let areReady = await wait(for: 20) { server.log.split(separator: "worker ready").count > 2 }
            #expect(areReady)
            let stuck = try #require(server.workerPIDs.first)
            kill(stuck, SIGSTOP)
            let isReplaced = await wait(for: 60) {
                let pids = server.workerPIDs
                return pids.count == 2 && !pids.contains(stuck)
            }
            #expect(isReplaced)
            #expect(try await server.get("/api/v1/users/me").status == 200)
        }
    }

    @Test func badConfigurationIsReportedWholeWithStatus78() async throws {
        let environment = [
            "PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
            "WORKERS": "many",
            "BIND": "nowhere", "API_TOKEN_RATE_LIMIT_PER_SECOND": "1", "DATABASE_URL": "mysql://x",
            "SECRET_KEY": "short",
        ]
        do {
            try Tool.timetracker(["serve"], environment)
            Issue.record("it started")
        } catch let error as TestServer.Failure {
            #expect(error.description.contains("status 78"))
            for name in ["WORKERS", "BIND", "API_TOKEN_RATE_LIMIT_PER_SECOND", "DATABASE_URL", "SECRET_KEY"] {
                #expect(error.description.contains(name))
            }
        }
    }
}
