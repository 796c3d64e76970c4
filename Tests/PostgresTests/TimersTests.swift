import Reactor
import Testing

@Suite("Timers")
struct TimersTests {
    @Test("expire in order of deadline, then of insertion")
    func order() {
        var timers = Timers<String>()
        timers.insert(deadline: 30, "c")
        timers.insert(deadline: 10, "a")
        timers.insert(deadline: 20, "b1")
        timers.insert(deadline: 20, "b2")
        #expect(timers.nextDeadline() == 10)
        #expect(timers.popExpired(now: 9) == nil)
        var expired: [String] = []
        while let payload = timers.popExpired(now: 20) { expired.append(payload) }
        #expect(expired == ["a", "b1", "b2"])
        #expect(timers.nextDeadline() == 30)
        #expect(timers.count == 1)
    }

    @Test("a cancelled entry never expires")
    func cancel() {
        var timers = Timers<Int>()
        let first = timers.insert(deadline: 1, 1)
        timers.insert(deadline: 2, 2)
        #expect(timers.cancel(first) == 1)
        #expect(timers.cancel(first) == nil)
        #expect(timers.nextDeadline() == 2)
        #expect(timers.popExpired(now: 5) == 2)
        #expect(timers.isEmpty)
        #expect(timers.nextDeadline() == nil)
    }

    @Test("agree with a sorted list through many insertions and cancellations")
    func manyEntries() {
        var timers = Timers<UInt64>()
        var expected: [UInt64] = []
        var seed: UInt64 = 88_172_645_463_325_252
        for number in 0..<2000 {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            let id = timers.insert(deadline: seed % 1000, seed % 1000)
            if number % 3 == 0 { timers.cancel(id) } else { expected.append(seed % 1000) }
        }
        var expired: [UInt64] = []
        while let payload = timers.popExpired(now: 1000) { expired.append(payload) }
        #expect(expired == expected.sorted())
    }
}
