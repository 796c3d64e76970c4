import Testing

@testable import TimeTracker

@Suite struct FairQueueTests {
    @Test func linesTakeTurns() {
        var queue = FairQueue<String, Int>()
        for number in 1...4 { _ = queue.append(number, of: "greedy") }
        _ = queue.append(10, of: "a")
        _ = queue.append(20, of: "b")
        var order: [Int] = []
        while let next = queue.popFirst(where: { _, _ in true }) { order.append(next.element) }
        #expect(order == [1, 10, 20, 2, 3, 4])
        #expect(queue.count == 0)
    }

    @Test func whoMayNotIsPassedOver() {
        var queue = FairQueue<String, Int>()
        _ = queue.append(1, of: "a")
        _ = queue.append(2, of: "b")
        #expect(queue.popFirst(where: { owner, _ in owner != "a" })?.element == 2)
        #expect(queue.popFirst(where: { owner, _ in owner != "a" }) == nil)
        #expect(queue.popFirst(where: { _, _ in true })?.element == 1)
    }

    @Test func oneCanLeaveTheMiddle() {
        var queue = FairQueue<String, Int>()
        let tickets = (1...3).map { queue.append($0, of: "a") }
        #expect(queue.remove(tickets[1], of: "a") == 2)
        #expect(queue.remove(tickets[1], of: "a") == nil)
        #expect(queue.waiting(of: "a") == 2)
        #expect(queue.remove(tickets[0], of: "a") == 1 && queue.remove(tickets[2], of: "a") == 3)
        #expect(queue.popFirst(where: { _, _ in true }) == nil)
        _ = queue.append(4, of: "a")
        #expect(queue.popFirst(where: { _, _ in true })?.element == 4)
    }
}

@Suite struct AdmissionMachineTests {
    private func machine(
        atOnce: Int = 4, atOnceOfEach: Int = 2, waiting: Int = 3, waitingOfEach: Int = 2
    ) -> AdmissionMachine<String> {
        AdmissionMachine(
            AdmissionLimits(
                atOnce: atOnce, atOnceOfEach: atOnceOfEach, waiting: waiting, waitingOfEach: waitingOfEach))
    }

    private let a = Crowd.token(1)
    private let b = Crowd.token(2)
    private let c = Crowd.user(1)

    @Test func oneTokenHasItsShare() {
        var machine = machine()
        #expect(machine.enter(a) == .entered && machine.enter(a) == .entered)
        #expect(machine.enter(a) == .mustWait)
        _ = machine.wait("a3", a)
        #expect(machine.enter(a) == .mustWait)
        _ = machine.wait("a4", a)
        #expect(machine.isFull(for: a) && machine.enter(a) == .refused)
        // Others are not concerned.
        #expect(!machine.isFull(for: b) && machine.enter(b) == .entered && machine.enter(c) == .entered)
        #expect(machine.leave(a) == "a3" && machine.leave(a) == "a4")
        #expect(machine.leave(a) == nil)
    }

    @Test func allTogetherWaitInTurn() {
        var machine = machine(waiting: 4)
        for crowd in [a, a, b, b] { #expect(machine.enter(crowd) == .entered) }
        for (name, crowd) in [("c1", c), ("c2", c), ("a3", a), ("b3", b)] {
            #expect(machine.enter(crowd) == .mustWait)
            _ = machine.wait(name, crowd)
        }
        #expect(machine.isFull(for: .token(9)) && machine.enter(.token(9)) == .refused)
        #expect(machine.leave(a) == "c1")
        #expect(machine.leave(a) == "a3")
        #expect(machine.leave(b) == "b3")
        #expect(machine.leave(b) == "c2")
        for crowd in [c, c, a, b] { #expect(machine.leave(crowd) == nil) }
        #expect(machine.waitingCount == 0 && machine.enter(a) == .entered)
    }

    @Test func freePlacesGoToOthersWhileOneWaitsForItself() {
        var machine = machine()
        #expect(machine.enter(a) == .entered && machine.enter(a) == .entered)
        _ = machine.wait("a3", a)
        #expect(machine.enter(b) == .entered)
        // B's place is no place for A, who has all it may have.
        #expect(machine.leave(b) == nil)
        #expect(machine.leave(a) == "a3")
    }

    @Test func withoutPlacesToWaitTheAnswerComesAtOnce() {
        var machine = machine(waiting: 0, waitingOfEach: 0)
        #expect(!machine.isFull(for: a) && machine.enter(a) == .entered && machine.enter(a) == .entered)
        #expect(machine.isFull(for: a) && machine.enter(a) == .refused)
        #expect(machine.leave(a) == nil && machine.enter(a) == .entered)
    }

    @Test func whoGivesUpIsNotWoken() {
        var machine = machine()
        #expect(machine.enter(a) == .entered && machine.enter(a) == .entered)
        let ticket = machine.wait("a3", a)
        _ = machine.wait("a4", a)
        #expect(machine.giveUp(ticket, a) == "a3" && machine.giveUp(ticket, a) == nil)
        #expect(machine.leave(a) == "a4")
    }
}
