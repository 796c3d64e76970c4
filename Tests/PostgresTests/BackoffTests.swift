import Testing

@testable import Postgres

@Suite("Backoff")
struct BackoffTests {
    @Test("doubles up to the limit, with a quarter of jitter either way")
    func delays() {
        var backoff = Backoff(base: .milliseconds(100), limit: .seconds(1))
        #expect(backoff.failed(random: 0.5) == .milliseconds(100))
        #expect(backoff.failed(random: 0) == .milliseconds(150))
        #expect(backoff.failed(random: 1) == .milliseconds(500))
        #expect(backoff.failed(random: 0.5) == .milliseconds(800))
        for _ in 0..<100 { #expect(backoff.failed(random: 0.5) == .seconds(1)) }
        backoff.succeeded()
        #expect(backoff.failed(random: 0.5) == .milliseconds(100))
    }

    @Test("a shared connection is reopened at once, unless it died young")
    func lane() {
        let second: UInt64 = 1_000_000_000
        var lane = LaneMachine(backoff: Backoff(base: .milliseconds(100)))
        #expect(lane.failed(random: 0.5) == .milliseconds(100))
        #expect(lane.isUnreachable)
        lane.opened(now: 10 * second)
        #expect(!lane.isUnreachable)
        #expect(lane.lost(now: 10 * second + 1, random: 0.5) == .milliseconds(200))
        lane.opened(now: 20 * second)
        #expect(lane.lost(now: 22 * second, random: 0.5) == .zero)
        #expect(lane.failed(random: 0.5) == .milliseconds(100))
    }
}
