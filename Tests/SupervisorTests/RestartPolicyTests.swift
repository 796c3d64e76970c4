import Testing

@testable import Supervisor

@Suite struct RestartPolicyTests {
    @Test func delaysDoubleUpToThirtySeconds() {
        var policy = RestartPolicy()
        let delays = (0..<12).map { _ in policy.delay(served: nil, random: 0.5) }
        #expect(delays.prefix(4).elementsEqual([0.1, 0.2, 0.4, 0.8]) { abs($0 - $1) < 1e-9 })
        #expect(delays[11] == 30)
    }

    @Test func jitterIsTwentyPercentEachWay() {
        var low = RestartPolicy()
        var high = RestartPolicy()
        let (shortest, longest) = (low.delay(served: nil, random: 0), high.delay(served: nil, random: 0.999))
        #expect(abs(shortest - 0.08) < 1e-9)
        #expect(longest > 0.119 && longest < 0.12)
    }

    @Test func longServiceIsForgivenAtOnce() {
        var policy = RestartPolicy()
        for _ in 0..<8 { _ = policy.delay(served: 1, random: 0.5) }
        let forgiven = policy.delay(served: 61, random: 0.5)
        let next = policy.delay(served: 1, random: 0.5)
        #expect(forgiven == 0)
        #expect(abs(next - 0.1) < 1e-9)
    }
}

@Suite struct CrashLoopTests {
    @Test func fiveDeathsWithinAMinuteAndNobodyServing() {
        var detector = CrashLoopDetector()
        let verdicts = (0..<5).map { detector.diedBeforeReady(now: Double($0), isAnyServing: false) }
        #expect(verdicts == [false, false, false, false, true])
    }

    @Test func aServingSiblingOrTimeOrSuccessPreventIt() {
        var serving = CrashLoopDetector()
        let whileServing = (0..<9).map { serving.diedBeforeReady(now: Double($0), isAnyServing: true) }
        #expect(!whileServing.contains(true))
        var slow = CrashLoopDetector()
        let slowly = (0..<9).map { slow.diedBeforeReady(now: Double($0) * 20, isAnyServing: false) }
        #expect(!slowly.contains(true))
        var recovering = CrashLoopDetector()
        for time in 0..<4 { _ = recovering.diedBeforeReady(now: Double(time), isAnyServing: false) }
        recovering.becameReady()
        let afterRecovery = recovering.diedBeforeReady(now: 5, isAnyServing: false)
        #expect(!afterRecovery)
    }
}

@Suite struct WorkerSlotTests {
    private func isStuck(_ phase: WorkerSlot.Phase, now: Double, beat: Double) -> Bool {
        var slot = WorkerSlot(index: 0)
        slot.phase = phase
        return slot.isStuck(now: now, beat: beat, heartbeatTimeout: 15, bootTimeout: 60)
    }

    @Test func aReadyWorkerMustBeatEveryFifteenSeconds() {
        #expect(!isStuck(.ready(since: 100), now: 114, beat: 0))
        #expect(isStuck(.ready(since: 100), now: 116, beat: 0))
        #expect(!isStuck(.ready(since: 100), now: 1000, beat: 990))
        #expect(isStuck(.ready(since: 100), now: 1000, beat: 984))
    }

    @Test func aBootingWorkerHasAMinuteAndADrainingOneIsLeftAlone() {
        #expect(!isStuck(.booting(since: 100), now: 159, beat: 0))
        #expect(isStuck(.booting(since: 100), now: 161, beat: 0))
        #expect(!isStuck(.draining(killAt: 9), now: 1e9, beat: 0))
    }
}
