import CoreMetrics
import Foundation
import Glibc
import HTTPTypes
import Observability
import Reactor
import Redis
import Testing

@testable import TimeTracker

/// The limiter in this process, on a real Redis, and without one (behaviour.md §2.8).
@Suite(.timeLimit(.minutes(1)))
struct RateLimiterTests {
    private static let metrics = ServiceMetrics(NOOPMetricsHandler.instance)

    private static func withRedis(_ body: (RedisClient, _ prefix: String) async throws -> Void) async throws {
        let address = try #require(ProcessInfo.processInfo.environment["TEST_REDIS_URL"])
        let reactor = try Reactor(name: "limit-tests")
        reactor.start()
        let client = RedisClient(configuration: try RedisConfiguration(url: address), reactor: reactor)
        client.start()
        await client.settle(within: .seconds(5))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client, "limits-\(UInt64.random(in: 0 ... .max)):"))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        reactor.stop()
        try result.get()
    }

    private static func limiter(
        _ redis: RedisClient?, _ prefix: String = "", minute: Int = 3, hour: Int = 1000,
        fallback: FallbackLimitTable? = nil
    ) -> RateLimiter {
        RateLimiter(
            redis: redis, fallback: fallback, limitPerMinute: minute, limitPerHour: hour, keyPrefix: prefix,
            metrics: metrics)
    }

    @Test func workersShareTheWindowsOfAToken() async throws {
        try await Self.withRedis { redis, prefix in
            let workers = [Self.limiter(redis, prefix), Self.limiter(redis, prefix)]
            for left in [2, 1, 0] {
                let (decision, _) = await workers[left % 2].check(tokenID: 7, with: nil)
                #expect(decision.isAllowed && decision.minute.remaining == left)
                #expect(decision.hour.remaining == 997 + left)
            }
            for worker in workers {
                let (refused, _) = await worker.check(tokenID: 7, with: nil)
                #expect(!refused.isAllowed && (1...60).contains(refused.retryAfter))
                #expect(refused.hour.remaining == 997, "what is refused is not counted")
            }
            let (other, _) = await workers[0].check(tokenID: 8, with: nil)
            #expect(other.isAllowed && other.minute.remaining == 2)
        }
    }

    @Test func manyAtOnceGetNoMoreThanTheLimit() async throws {
        try await Self.withRedis { redis, prefix in
            let workers = (0..<4).map { _ in Self.limiter(redis, prefix, minute: 25) }
            let allowed = await withTaskGroup { group in
                for index in 0..<200 {
                    group.addTask { await workers[index % 4].check(tokenID: 1, with: nil).0.isAllowed }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(allowed == 25)
        }
    }

    @Test func theTighterWindowIsTold() async throws {
        try await Self.withRedis { redis, prefix in
            let limiter = Self.limiter(redis, prefix, minute: 5, hour: 2)
            let (decision, _) = await limiter.check(tokenID: 1, with: nil)
            #expect(decision.tighter.limit == 2 && decision.tighter.remaining == 1)
            _ = await limiter.check(tokenID: 1, with: nil)
            let (refused, _) = await limiter.check(tokenID: 1, with: nil)
            #expect(!refused.isAllowed && refused.minute.remaining == 3)
            #expect((3590...3600).contains(refused.retryAfter))
        }
    }

    @Test func anotherCommandRidesInTheSameTrip() async throws {
        try await Self.withRedis { redis, prefix in
            _ = try await redis.send(RedisCommand(["SET", prefix + "record", "201 {}", "PX", "60000"]))
            let (decision, reply) = await Self.limiter(redis, prefix).check(
                tokenID: 1, with: RedisCommand(["GET", prefix + "record"]))
            #expect(decision.isAllowed && reply == .string(Array("201 {}".utf8)))
        }
    }

    @Test func aRefusedTokenIsRefusedWithoutAskingRedisAgain() async throws {
        try await Self.withRedis { redis, prefix in
            let limiter = Self.limiter(redis, prefix, minute: 1)
            _ = await limiter.check(tokenID: 1, with: nil)
            #expect(await !limiter.check(tokenID: 1, with: nil).0.isAllowed)
            // What Redis knows can't empty earlier than it said.
            _ = try await redis.send(RedisCommand(["DEL", "\(prefix)rl:{1}:minute", "\(prefix)rl:{1}:hour"]))
            let (again, reply) = await limiter.check(tokenID: 1, with: RedisCommand(["PING"]))
            #expect(!again.isAllowed && reply == nil)
            #expect(await Self.limiter(redis, prefix, minute: 1).check(tokenID: 1, with: nil).0.isAllowed)
        }
    }

    @Test func withoutRedisTheWorkersOfAHostCountTogether() async throws {
        let (board, descriptor) = try StatusBoard.create(slots: 2)
        close(descriptor)
        let workers = (0..<2).map { _ in Self.limiter(nil, fallback: board.fallbackLimits) }
        var allowed = 0
        for index in 0..<8 where await workers[index % 2].check(tokenID: 9, with: nil).0.isAllowed { allowed += 1 }
        #expect(allowed == 3)
        let (refused, _) = await workers[0].check(tokenID: 9, with: nil)
        #expect(!refused.isAllowed && refused.retryAfter > 0 && refused.minute.remaining == 0)
    }

    @Test func headersTellBothWindows() {
        let decision = RateLimitDecision(
            isAllowed: true, minute: .init(limit: 100, length: 60, remaining: 99, resetsIn: 60),
            hour: .init(limit: 1000, length: 3600, remaining: 12, resetsIn: 1800), now: 1_000_000, retryAfter: 1)
        let exchange = Exchange(
            requestID: "1", method: .get, path: "/", rawQuery: "", headers: [:],
            origin: ClientOrigin(address: "127.0.0.1", isCertain: true), startedAt: 0)
        decision.writeHeaders(to: exchange)
        #expect(
            String(decoding: exchange.headerLines, as: UTF8.self).split(separator: "\r\n") == [
                "x-ratelimit-limit: 1000", "x-ratelimit-remaining: 12", "x-ratelimit-reset: 1001800",
                "ratelimit-policy: \"minute\";q=100;w=60, \"hour\";q=1000;w=3600",
                "ratelimit: \"minute\";r=99;t=60, \"hour\";r=12;t=1800",
            ])
    }
}
