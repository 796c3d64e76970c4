import Synchronization
import Testing

@testable import Redis

@Suite struct SentinelTests {
    @Test func theURLNamesSentinelsAndMaster() throws {
        let configuration = try RedisConfiguration(
            url: "redis+sentinel://user:secret@a:26380,b,[::1]:26381/mymaster/3?sentinel_password=other")
        guard case .sentinel(let sentinels) = configuration.address else {
            Issue.record("no Sentinels")
            return
        }
        #expect(
            sentinels.addresses == [
                .tcp(host: "a", port: 26_380), .tcp(host: "b", port: 26_379), .tcp(host: "::1", port: 26_381),
            ])
        #expect(sentinels.master == "mymaster" && sentinels.password == "other")
        #expect(configuration.username == "user" && configuration.password == "secret" && configuration.database == 3)

        let master = configuration.master(at: .tcp(host: "m", port: 1))
        #expect(master.password == "secret" && master.database == 3 && master.wantsMaster)
        let sentinel = configuration.sentinel(sentinels, at: sentinels.addresses[0])
        #expect(
            sentinel.username == nil && sentinel.password == "other" && sentinel.database == 0 && !sentinel.wantsMaster)
    }

    @Test(arguments: ["redis+sentinel://a:1", "redis+sentinel:///m", "redis+sentinel://a/", "redis+sentinel://a/m/x"])
    func aURLWithoutWhatItNeedsIsRefused(_ url: String) {
        #expect(throws: RedisConfiguration.InvalidURL.self) { try RedisConfiguration(url: url) }
    }

    @Test func theAnswerOfASentinel() {
        func reply(_ texts: String...) -> RedisReply { .array(texts.map { .string(Array($0.utf8)) }) }
        let answer = SentinelAnswer(
            reply("name", "m", "ip", "10.0.0.1", "port", "6380", "flags", "master", "config-epoch", "7"))
        #expect(answer?.address == .tcp(host: "10.0.0.1", port: 6380) && answer?.epoch == 7)
        #expect(SentinelAnswer(reply("name", "m")) == nil)
        #expect(SentinelAnswer(.null) == nil)
    }

    private struct Decision: Equatable {
        let isDecided: Bool
        let answer: SentinelAnswer?
    }

    private static func decision(
        known: Int?, votes: [SentinelAnswer?], voters: Int, isOver: Bool = false
    ) -> Decision {
        let outcome = Mutex<(Int, SentinelAnswer?)>((0, nil))
        let ballot = SentinelBallot(voters: voters, known: known) { answer in
            outcome.withLock { $0 = ($0.0 + 1, answer) }
        }
        for vote in votes { ballot.vote(vote) }
        if isOver { ballot.close() }
        let (count, answer) = outcome.withLock(\.self)
        #expect(count <= 1)
        return Decision(isDecided: count == 1, answer: answer)
    }

    private static func answer(_ host: String, _ epoch: Int) -> SentinelAnswer {
        SentinelAnswer(address: .tcp(host: host, port: 6379), epoch: epoch)
    }

    @Test func theLatestEpochIsBelievedWhenAllHaveAnswered() {
        let (old, new) = (Self.answer("a", 1), Self.answer("b", 2))
        #expect(Self.decision(known: nil, votes: [new, old], voters: 3).isDecided == false)
        #expect(Self.decision(known: nil, votes: [new, old, nil], voters: 3) == Decision(isDecided: true, answer: new))
        #expect(Self.decision(known: nil, votes: [old, nil, new], voters: 3) == Decision(isDecided: true, answer: new))
        #expect(Self.decision(known: nil, votes: [nil, nil], voters: 2) == Decision(isDecided: true, answer: nil))
    }

    @Test func aNewFailoverIsBelievedAtOnce() {
        let (old, new) = (Self.answer("a", 1), Self.answer("b", 2))
        #expect(Self.decision(known: 1, votes: [old, old], voters: 3).isDecided == false)
        #expect(Self.decision(known: 1, votes: [old, new], voters: 3) == Decision(isDecided: true, answer: new))
        #expect(Self.decision(known: 1, votes: [new, old, old], voters: 3) == Decision(isDecided: true, answer: new))
    }

    @Test func whoIsSilentIsNotWaitedForWhenTheTimeIsOver() {
        let answer = Self.answer("a", 1)
        #expect(
            Self.decision(known: 1, votes: [answer], voters: 3, isOver: true)
                == Decision(isDecided: true, answer: answer))
        #expect(Self.decision(known: 1, votes: [], voters: 3, isOver: true) == Decision(isDecided: true, answer: nil))
    }
}
