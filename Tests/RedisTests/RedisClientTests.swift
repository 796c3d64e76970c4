import Foundation
import Reactor
import Testing

@testable import Redis

/// The client against a real Redis.
@Suite struct RedisClientTests {
    private static func withClient(
        _ url: String? = nil, _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> Void
    ) async throws {
        let address = url ?? ProcessInfo.processInfo.environment["TEST_REDIS_URL"] ?? ""
        var configuration = try RedisConfiguration(url: address)
        configuration.commandTimeout = .seconds(5)
        change(&configuration)
        let reactor = try Reactor(name: "redis-tests")
        reactor.start()
        let client = RedisClient(configuration: configuration, reactor: reactor)
        client.start()
        await client.settle(within: .seconds(5))
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.shutdown()
        reactor.stop()
        try result.get()
    }

    private static func key() -> String { "client-tests:\(UInt64.random(in: 0 ... .max))" }

    @Test func repliesOfEveryKind() async throws {
        try await Self.withClient { client async throws in
            #expect(client.isAvailable)
            let key = Self.key()
            #expect(try await client.send(RedisCommand(["SET", key, "välue"])) == .status("OK"))
            #expect(try await client.send(RedisCommand(["GET", key])) == .string(Array("välue".utf8)))
            #expect(try await client.send(RedisCommand(["GET", key + "x"])) == .null)
            #expect(try await client.send(RedisCommand(["STRLEN", key])) == .integer(6))
            #expect(
                try await client.send(RedisCommand(["MGET", key, key + "x"]))
                    == .array([
                        .string(Array("välue".utf8)), .null,
                    ]))
            await #expect(throws: RedisError.self) { try await client.send(RedisCommand(["INCR", key])) }
            #expect(try await client.send(RedisCommand(["DEL", key])) == .integer(1))
        }
    }

    @Test func everyCallGetsItsOwnReply() async throws {
        try await Self.withClient { client async throws in
            let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<2000 {
                    group.addTask {
                        let text = "reply \(number)"
                        return try await client.send(RedisCommand(["ECHO", text])) != .string(Array(text.utf8))
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wrong == 0)
            let replies = try await client.pipeline([
                RedisCommand(["ECHO", "a"]), RedisCommand(["NONSENSE"]), RedisCommand(["ECHO", "b"]),
            ])
            #expect(try replies[0].get() == .string(Array("a".utf8)))
            #expect(throws: RedisError.self) { try replies[1].get() }
            #expect(try replies[2].get() == .string(Array("b".utf8)))
        }
    }

    @Test func aScriptThatTheServerDoesNotKnowIsSent() async throws {
        try await Self.withClient { client async throws in
            let source = "return tonumber(ARGV[1]) + \(Int.random(in: 1...1_000_000)) * 0"
            let loaded = try await client.send(RedisCommand(["SCRIPT", "LOAD", source]))
            guard case .string(let hash) = loaded else {
                Issue.record("no hash")
                return
            }
            let script = RedisScript(source: source, sha1: String(decoding: hash, as: UTF8.self))
            _ = try await client.send(RedisCommand(["SCRIPT", "FLUSH"]))
            #expect(try await client.evaluate(script, keys: [], arguments: ["7"]) == .integer(7))
            _ = try await client.send(RedisCommand(["SCRIPT", "FLUSH"]))
            let both = try await client.evaluate(
                script.invocation(keys: [], arguments: ["8"]), with: RedisCommand(["ECHO", "x"]))
            #expect(both.0 == .integer(8))
            #expect(both.1 == .string(Array("x".utf8)))
        }
    }

    @Test func aSilentServerIsGivenUpAndTriedAgain() async throws {
        try await Self.withClient(nil, { $0.commandTimeout = .milliseconds(100) }) { client async throws in
            await #expect(throws: RedisError.timeout) {
                try await client.send(RedisCommand(["BLPOP", Self.key(), "5"]))
            }
            // The connection has gone with it; another one comes by itself.
            let deadline = ContinuousClock.now + .seconds(10)
            var reply: RedisReply?
            while reply == nil, ContinuousClock.now < deadline {
                reply = try? await client.send(RedisCommand(["ECHO", "back"]))
                if reply == nil { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(reply == .string(Array("back".utf8)))
        }
    }

    @Test func withoutAServerEveryCallFailsAtOnce() async throws {
        try await Self.withClient("unix:///nowhere/redis.sock") { client async throws in
            #expect(!client.isAvailable)
            await #expect(throws: RedisError.unavailable) { try await client.send(RedisCommand(["PING"])) }
            client.post(RedisCommand(["PING"]))
        }
    }
}
