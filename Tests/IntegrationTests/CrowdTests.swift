import Foundation
import Testing

/// More requests than a worker works at together (behaviour.md §1.11).
@Suite struct CrowdTests {
    private static func entry(_ project: Int) -> String {
        #"{"project_id":\#(project),"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z"}"#
    }

    private static func waiting(_ count: Int, _ server: TestServer) async throws -> Bool {
        try await waitAsync(for: 10) {
            try await server.get("/metrics").text.contains("timetracker_http_requests_waiting \(count)\n")
        }
    }

    @Test func aTokensCrowdWaitsForItselfAndTheRestIsRefusedAtOnce() async throws {
        let settings = [
            "MAX_REQUESTS_PER_TOKEN": "2", "MAX_WAITING_REQUESTS_PER_TOKEN": "1", "DATABASE_POOL_WAIT_MS": "30000",
            "DATABASE_LOCK_TIMEOUT_MS": "30000", "METRICS_ALLOW": "127.0.0.0/8",
        ]
        try await TestServer.with(workers: 1, settings) { server in
            let project = try await server.makeProject()
            let other = try server.cli("token", "create", "--user", "admin", "--name", "other", "--scopes", "*")
            let lock = try EntriesLock(server)
            async let booked = parallel(2) { _ in try await server.post("/api/v1/time-entries", Self.entry(project))
            }
            #expect(try await EntriesLock.hasWaiters(2, server))
            async let waited = server.post("/api/v1/time-entries", Self.entry(project))
            #expect(try await Self.waiting(1, server))

            let begun = ContinuousClock.now
            let refused = try await server.get("/api/v1/users/me")
            #expect(ContinuousClock.now - begun < .seconds(2))
            #expect(refused.status == 503 && refused.text.contains(#""error_code":"overloaded""#))
            #expect(refused.header("retry-after") == "1" && refused.header("x-ratelimit-remaining") == nil)
            // Others don't notice.
            #expect(try await server.get("/api/v1/users/me", token: other).status == 200)
            #expect(try await server.get("/api/v1/health").status == 200)
            #expect(try await server.get("/_ready").status == 200)
            lock.release()
            #expect(try await booked.map(\.status) == [201, 201])
            #expect(try await waited.status == 201)
            #expect(try await Self.waiting(0, server))
            #expect(try await server.get("/api/v1/users/me").status == 200)
            let refusals = try await server.get("/metrics").text
            #expect(refusals.contains("timetracker_http_overload_refusals_total 1"))
        }
    }

    @Test func whoHasWaitedTooLongIsRefusedAndNothingIsDone() async throws {
        let settings = [
            "MAX_REQUESTS_PER_WORKER": "1", "DATABASE_POOL_WAIT_MS": "300", "DATABASE_LOCK_TIMEOUT_MS": "30000",
        ]
        try await TestServer.with(workers: 1, settings) { server in
            let project = try await server.makeProject()
            let lock = try EntriesLock(server)
            async let booked = server.post("/api/v1/time-entries", Self.entry(project))
            #expect(try await EntriesLock.hasWaiters(1, server))
            let late = try await server.post("/api/v1/time-entries", Self.entry(project))
            #expect(late.status == 503 && late.header("retry-after") == "1")
            lock.release()
            #expect(try await booked.status == 201)
            #expect(try server.sql("select count(*) from time_entries") == "1")
        }
    }
}
