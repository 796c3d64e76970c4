import Testing

@testable import Postgres

@Suite("PoolMachine")
struct PoolMachineTests {
    private var pool = PoolMachine(limit: 2, backoff: Backoff(base: .milliseconds(100)))

    @Test("opens up to the limit, then queues, first come first served")
    mutating func queue() {
        #expect(pool.acquire(now: 0) == .wait(1, opening: 1))
        #expect(pool.acquire(now: 0) == .wait(2, opening: 2))
        #expect(pool.acquire(now: 0) == .wait(3, opening: nil))
        #expect(pool.opened(2) == .lease(2, to: 1))
        #expect(pool.opened(1) == .lease(1, to: 2))
        #expect(pool.release(1, isUsable: true, now: 0) == .lease(1, to: 3))
        #expect(pool.release(2, isUsable: true, now: 0) == .none)
        #expect(pool.acquire(now: 0) == .lease(2))
        #expect(pool.leasedCount == 2)
    }

    @Test("keeps a connection nobody waits for any more")
    mutating func cancel() {
        #expect(pool.acquire(now: 0) == .wait(1, opening: 1))
        let isFirst = pool.cancel(1)
        #expect(isFirst)
        let isAgain = pool.cancel(1)
        #expect(!isAgain)
        #expect(pool.opened(1) == .none)
        #expect(pool.idleCount == 1)
    }

    @Test("a broken lease is replaced while somebody waits")
    mutating func replacement() {
        _ = pool.acquire(now: 0)
        _ = pool.acquire(now: 0)
        _ = pool.opened(1)
        _ = pool.opened(2)
        #expect(pool.acquire(now: 0) == .wait(3, opening: nil))
        #expect(pool.release(1, isUsable: false, now: 0) == .open(3))
        #expect(pool.release(2, isUsable: false, now: 0) == .none)
        #expect(pool.opened(3) == .lease(3, to: 3))
    }

    @Test("refuses at once while the server can't be reached and nothing is in use")
    mutating func backoff() {
        _ = pool.acquire(now: 0)
        let (freed, delay) = pool.openFailed(1, now: 0, random: 0.5)
        #expect(freed == .refuse([1]))
        #expect(delay == .milliseconds(100))
        #expect(pool.acquire(now: 99_999_999) == .refused)
        #expect(pool.acquire(now: 100_000_000) == .wait(2, opening: 2))
    }

    @Test("waits on after a failed attempt while a connection is in use")
    mutating func failureWhileLeased() {
        _ = pool.acquire(now: 0)
        #expect(pool.opened(1) == .lease(1, to: 1))
        #expect(pool.acquire(now: 0) == .wait(2, opening: 2))
        #expect(pool.openFailed(2, now: 0, random: 0.5).0 == .none)
        #expect(pool.release(1, isUsable: true, now: 0) == .lease(1, to: 2))
    }

    @Test("the last broken lease refuses the queue while no attempt may be made")
    mutating func brokenDuringBackoff() {
        _ = pool.acquire(now: 0)
        _ = pool.opened(1)
        #expect(pool.acquire(now: 0) == .wait(2, opening: 2))
        _ = pool.openFailed(2, now: 0, random: 0.5)
        #expect(pool.release(1, isUsable: false, now: 1) == .refuse([2]))
    }

    @Test("an idle connection that was lost is not leased")
    mutating func lostIdle() {
        _ = pool.acquire(now: 0)
        _ = pool.opened(1)
        let isIdle = pool.lost(1)
        #expect(!isIdle)
        _ = pool.release(1, isUsable: true, now: 0)
        let isLost = pool.lost(1)
        #expect(isLost)
        #expect(pool.acquire(now: 0) == .wait(2, opening: 2))
    }

    @Test("closes what comes back after the end")
    mutating func close() {
        _ = pool.acquire(now: 0)
        _ = pool.acquire(now: 0)
        _ = pool.opened(1)
        let closed = pool.close()
        #expect(closed.waiters == [2])
        #expect(pool.opened(2) == .close(2))
        #expect(pool.release(1, isUsable: true, now: 0) == .close(1))
        #expect(pool.acquire(now: 0) == .refused)
    }
}
