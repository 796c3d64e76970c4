import Foundation
import Testing

/// A secret that is shown once is not kept with the reply that an `Idempotency-Key` repeats.
@Suite struct IdempotentSecretTests {
    private static let body = #"{"name":"w","url":"https://example.com/h","events":["*"]}"#

    @Test func webhookSecrets() async throws {
        try await TestServer.with { server async throws in
            func create() async throws -> HTTPReply {
                try await server.post("/api/v1/webhooks", Self.body, headers: ["Idempotency-Key": "k"])
            }
            let first = try await create()
            let secret = try #require(first.json["webhook"]["secret"].string)
            #expect(first.status == 201 && secret.count == 43)
            #expect(first.json["message"].string == "Webhook created successfully")
            #expect(try server.sql("select count(*) from api_idempotency_keys") == "1")
            #expect(
                try server.sql("select count(*) from api_idempotency_keys where response_body like '%\(secret)%'")
                    == "0")
            #expect(try storedInRedis(server).allSatisfy { !$0.contains(secret) })
            // From Redis' copy, and from the database.
            for forgets in [false, true] {
                if forgets { try server.redis("--scan", "--pattern", "*:idem:*", forEach: "DEL") }
                let again = try await create()
                #expect(again.status == 201 && again.header("idempotency-replayed") == "true")
                #expect(!again.text.contains(secret))
                #expect(again.json["webhook"]["secret"].isNull)
                #expect(again.json["webhook"].keys == first.json["webhook"].keys)
                #expect(again.json["webhook"]["id"] == first.json["webhook"]["id"])
                #expect(again.json["message"].string?.contains("in the first answer only") == true)
            }
            #expect(try storedInRedis(server).count == 1)
            #expect(try server.sql("select secret from webhooks") == secret)
        }
    }

    /// Records of the release before had it in clear.
    @Test func oldRecordsLoseTheirs() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            try server.sql("delete from schema_migrations where version = 11; alter table settings drop setup_salt")
            for (scope, key) in [("post:webhooks", "a"), ("post:clients", "b")] {
                try server.sql(
                    """
                    insert into api_idempotency_keys (api_token_id, scope, key_hash, response_status, response_body)
                    values ((select min(id) from api_tokens), '\(scope)', '\(key)', 201,
                            '{"message":"m","webhook":{"id":1,"secret":"s3cret"}}')
                    """)
            }
            try server.cli("migrate")
            #expect(
                try server.sql("select response_body::jsonb->'webhook' from api_idempotency_keys where key_hash = 'a'")
                    == #"{"id": 1, "secret": null}"#)
            #expect(
                try server.sql("select response_body from api_idempotency_keys where key_hash = 'b'")
                    == #"{"message":"m","webhook":{"id":1,"secret":"s3cret"}}"#)
        }
    }

    /// The copies of replies in Redis.
    private func storedInRedis(_ server: TestServer) throws -> [String] {
        let socket = (server.environment["REDIS_URL"] ?? "").replacingOccurrences(of: "unix://", with: "")
        let keys = try Tool.run("redis-cli", ["-s", socket, "--scan", "--pattern", "\(server.prefix)*:idem:*"])
        return try keys.split(separator: "\n").map { try Tool.run("redis-cli", ["-s", socket, "get", String($0)]) }
    }
}
