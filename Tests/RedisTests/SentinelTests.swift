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
}
