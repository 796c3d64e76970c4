import HTTPTypes
import Postgres
import Testing

@testable import TimeTracker

/// Which of a request's faults is told: the gates stand in one order (behaviour.md §1.7).
@Suite(.timeLimit(.minutes(1)))
struct GateTests {
    private static let json = [("Content-Type", "application/json")]

    @Test func onlyOpenRoutesAnswerBeforeTheSetup() async throws {
        try await ServedApplication.with(isSetUp: false) { server in
            #expect(await server.ask(.get, "/api/v1/health").status == 200)
            let refused = await server.ask(.get, "/api/v1/projects", token: "tt_wrong")
            #expect(refused.status == 503 && refused.code == "setup_required", "the setup comes before the token")
            #expect(await server.ask(.get, "/api/v1/projects/x").status == 404, "and the path before the setup")
        }
    }

    @Test func eachGateComesBeforeTheNext() async throws {
        try await ServedApplication.with(["API_TOKEN_RATE_LIMIT_PER_MINUTE": "2"]) { server in
            _ = try await server.database.execute(
                Statement("update settings set disabled_module_ids = '[\"quotes\"]'"))
            server.app.settings.changed()
            let longKey = Self.json + [("Idempotency-Key", String(repeating: "k", count: 129))]
            // Paths and methods before tokens.
            #expect(await server.ask(.get, "/api/v1/nothing").status == 404)
            #expect(await server.ask(.put, "/api/v1/projects").status == 405)
            #expect(await server.ask(.get, "/api/v1/projects/0").status == 404)
            // Tokens before scopes.
            for wrong in [nil, "tt_" + String(repeating: "x", count: 32), String(repeating: "t", count: 5000)] {
                let refused = await server.ask(.post, "/api/v1/projects", token: wrong)
                #expect(refused.status == 401 && !refused.fields.contains("ratelimit"))
            }
            // Scopes before modules.
            let reader = try await server.token("read:projects")
            let scope = await server.ask(.post, "/api/v1/quotes", token: reader, fields: longKey, body: "{")
            #expect(scope.status == 403 && scope.body.contains("required_scope"))
            #expect(scope.fields.contains("ratelimit: \"minute\";r=1;"), "what a scope refuses is counted")
            // Limits before scopes.
            _ = await server.ask(.post, "/api/v1/quotes", token: reader)
            let limited = await server.ask(.post, "/api/v1/quotes", token: reader)
            #expect(limited.status == 429 && limited.code == "rate_limited" && limited.fields.contains("retry-after: "))
            // Modules before keys.
            let first = try await server.token("admin:all")
            let module = await server.ask(.post, "/api/v1/quotes", token: first, fields: longKey, body: "{")
            #expect(module.status == 403 && module.body.contains("module_disabled"))
            // Keys before bodies.
            let key = await server.ask(.post, "/api/v1/projects", token: first, fields: longKey, body: "{")
            #expect(key.status == 400 && key.body.contains("Idempotency-Key"))
            let second = try await server.token("admin:all")
            let body = await server.ask(.post, "/api/v1/projects", token: second, fields: Self.json, body: "{")
            #expect(body.status == 400 && !body.body.contains("Idempotency-Key"))
        }
    }

    @Test func aTokenIsRefusedForWhatItIs() async throws {
        try await ServedApplication.with { server in
            for (name, token) in [
                ("expired", try await server.token("read:projects", expiresDays: 0)),
                ("elsewhere", try await server.token("read:projects", addresses: "198.51.100.0/24")),
            ] {
                let refused = await server.ask(.get, "/api/v1/projects", token: token)
                #expect(refused.status == 401 && refused.code == "unauthorized", "\(name)")
            }
            let token = try await server.token("read:projects", addresses: "203.0.113.0/24")
            #expect(await server.ask(.get, "/api/v1/projects", token: token).status == 200)
            _ = try await server.database.execute(Statement("update users set is_active = false"))
            #expect(await server.ask(.get, "/api/v1/projects", token: token).status == 401)
        }
    }
}
