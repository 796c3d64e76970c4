import Testing

@testable import Redis

@Suite struct BreakerTests {
    @Test func waitsLongerAfterEachFailureUpToTheLimit() {
        var breaker = Breaker()
        let delays = (0..<8).map { _ in breaker.failed(random: 0) }
        #expect(delays == [0.25, 0.5, 1, 2, 4, 5, 5, 5])
    }

    @Test func theLimitIsShorterWhereAnotherTakesOver() {
        var breaker = Breaker(limit: Breaker.longestWithSentinel)
        #expect((0..<4).map { _ in breaker.failed(random: 0) } == [0.25, 0.5, 0.5, 0.5])
    }

    @Test func randomnessTakesAtMostHalf() {
        var breaker = Breaker()
        let delay = breaker.failed(random: 0.999)
        #expect(delay > 0.125)
    }

    @Test func successStartsOver() {
        var breaker = Breaker()
        _ = breaker.failed(random: 0)
        _ = breaker.failed(random: 0)
        breaker.succeeded()
        let delay = breaker.failed(random: 0)
        #expect(delay == 0.25)
    }
}

@Suite struct RedisURLTests {
    @Test(arguments: [
        ("redis://localhost:6379/0", RedisConfiguration.Address.tcp(host: "localhost", port: 6379), 0),
        ("redis://10.0.0.1", .tcp(host: "10.0.0.1", port: 6379), 0),
        ("redis://[::1]:7000/3", .tcp(host: "::1", port: 7000), 3),
        ("unix:///run/redis.sock?db=2", .unix(path: "/run/redis.sock"), 2),
    ])
    func namesAddressAndDatabase(_ url: String, _ address: RedisConfiguration.Address, _ database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.address == address)
        #expect(configuration.database == database)
    }

    @Test func takesCredentials() throws {
        let configuration = try RedisConfiguration(url: "redis://ann:se:cret@host/1")
        #expect(configuration.username == "ann")
        #expect(configuration.password == "se:cret")
        let socket = try RedisConfiguration(url: "unix://:pw@/run/r.sock")
        #expect(socket.password == "pw")
        #expect(socket.address == .unix(path: "/run/r.sock"))
    }

    @Test func refusesTLSWithTheWayOut() {
        #expect(throws: RedisConfiguration.InvalidURL.self) { try RedisConfiguration(url: "rediss://host") }
    }
}
