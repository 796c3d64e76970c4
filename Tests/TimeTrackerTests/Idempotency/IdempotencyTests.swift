import HTTPTypes
import NIOCore
import Postgres
import Testing

@testable import TimeTracker

/// What becomes of a request that is sent twice (behaviour.md §2.9): the record decides, not what the second one meets.
@Suite(.timeLimit(.minutes(1)))
struct IdempotencyTests {
    private struct Fault: Error {}

    @Test func theRecordAnswersWhateverTheRepetitionMeets() async throws {
        try await ServedApplication.with { server in
            let idempotency = server.app.idempotency
            let key = try await Self.key("k1", server)
            let first = try await idempotency.run(key) { Reply(status: .created, body: ByteBuffer(string: "{}")) }
            #expect(first.status == .created)
            // No transaction has written a record: nothing is replayed from PostgreSQL.
            await #expect(throws: Fault.self) { try await idempotency.run(key) { throw Fault() } }
            try await Self.record(key, 201, #"{"id":5}"#, server)
            // Refused now, lost, overtaken by its twin: the first answer in each case.
            let causes: [any Error] = [Fault(), AlreadyDone(), PostgresError(.connectionLost, message: "")]
            for cause in causes {
                let reply = try await idempotency.run(key) { throw cause }
                #expect(reply.status == .created && String(buffer: reply.body) == #"{"id":5}"#, "\(cause)")
                #expect(reply.headers.contains { $0 == ("idempotency-replayed", "true") })
            }
        }
    }

    @Test func withoutARecordALostConnectionIsTriedOnceMore() async throws {
        try await ServedApplication.with { server in
            let key = try await Self.key("k1", server)
            let attempts = Counter()
            let reply = try await server.app.idempotency.run(key) {
                guard await attempts.next() > 1 else { throw PostgresError(.connectionLost, message: "") }
                return Reply(status: .created)
            }
            #expect(reply.status == .created)
            #expect(await attempts.count == 2)
            // And no more than once.
            await #expect(throws: PostgresError.self) {
                try await server.app.idempotency.run(key) {
                    _ = await attempts.next()
                    throw PostgresError(.connectionLost, message: "")
                }
            }
            #expect(await attempts.count == 4)
        }
    }

    @Test func aTwinThatIsStillAtWorkIsTold() async throws {
        try await ServedApplication.with { server in
            let key = try await Self.key("k1", server)
            let causes: [any Error] = [AlreadyDone(), PostgresError(.lockTimeout, message: "")]
            for cause in causes {
                let error = await #expect(throws: APIError.self) {
                    try await server.app.idempotency.run(key) { throw cause }
                }
                #expect(error?.reply.status == .conflict, "\(cause)")
            }
        }
    }

    @Test func recordsAreOfOneTokenOneOperationAndOneDay() async throws {
        try await ServedApplication.with { server in
            let key = try await Self.key("k1", server)
            try await Self.record(key, 201, "{}", server)
            for other in [
                try await Self.key("k2", server), try await Self.key("k1", server, operation: "post:clients"),
                try await Self.key("k1", server, pathIDs: [1]), try await Self.key("k1", server, token: 2),
            ] {
                await #expect(throws: Fault.self) { try await server.app.idempotency.run(other) { throw Fault() } }
            }
            _ = try await server.database.execute(
                Statement("update api_idempotency_keys set created_at = created_at - interval '24 hours'"))
            await #expect(throws: Fault.self) { try await server.app.idempotency.run(key) { throw Fault() } }
        }
    }

    @Test func theSameRequestTwiceAtOnceIsCarriedOutOnce() async throws {
        try await ServedApplication.with { server in
            let token = try await server.token("write:clients")
            let answers = await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        await server.ask(
                            .post, "/api/v1/clients", token: token,
                            fields: [("Content-Type", "application/json"), ("Idempotency-Key", "twin")],
                            body: #"{"name":"Acme"}"#)
                    }
                }
                return await group.reduce(into: [ServedApplication.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 } && Set(answers.map(\.body)).count == 1)
            #expect(answers.filter { !$0.fields.contains("idempotency-replayed") }.count == 1)
            #expect(try await server.database.integer("select count(*) from clients") == 1)
        }
    }

    // MARK: Helpers

    private actor Counter {
        private(set) var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }

    private static func key(
        _ text: String, _ server: ServedApplication, operation: String = "post:projects", pathIDs: [Int64] = [],
        token: Int64 = 1
    ) async throws -> IdempotencyKey {
        if try await server.database.integer("select count(*) from api_tokens") == 0 {
            for _ in 0..<2 { _ = try await server.token("read:projects") }
        }
        let exchange = Exchange(
            requestID: "1", method: .post, path: "/", rawQuery: "", headers: ["Idempotency-Key": text],
            origin: ClientOrigin(address: "127.0.0.1", isCertain: true), startedAt: 0)
        return try #require(IdempotencyKey(exchange, operation: operation, pathIDs: pathIDs, tokenID: token))
    }

    private static func record(
        _ key: IdempotencyKey, _ status: Int64, _ body: String, _ server: ServedApplication
    ) async throws {
        _ = try await server.database.execute(
            Statement(
                """
                insert into api_idempotency_keys (api_token_id, scope, key_hash, response_status, response_body)
                values ($1, $2, $3, $4, $5)
                """, [.int(key.ownerID), .text(key.operation), .text(key.hash), .int(status), .text(body)]))
    }
}
