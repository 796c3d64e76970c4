import Glibc
import Testing

@testable import Supervisor

@Suite struct RecyclingTests {
    private func limits(requests: UInt64 = 0, bytes: UInt64 = 0, age: Double = 0) -> Recycling {
        var limits = Recycling()
        (limits.requests, limits.residentBytes, limits.age) = (requests, bytes, age)
        return limits
    }

    @Test func zeroMeansNever() {
        let reason = limits().reason(requests: .max, residentBytes: .max, age: 1e9, spread: 1)
        #expect(reason == nil)
    }

    @Test func eachLimitHasItsReason() {
        let all = limits(requests: 100, bytes: 1000, age: 60)
        #expect(all.reason(requests: 99, residentBytes: 999, age: 59, spread: 1) == nil)
        #expect(all.reason(requests: 100, residentBytes: 0, age: 0, spread: 1) == .requests)
        #expect(all.reason(requests: 0, residentBytes: 1000, age: 0, spread: 1) == .memory)
        #expect(all.reason(requests: 0, residentBytes: 0, age: 60, spread: 1) == .age)
        #expect(all.reason(requests: 105, residentBytes: 0, age: 0, spread: 1.09) == nil)
    }

    @Test func residentMemoryIsRead() {
        let own = ResidentMemory.bytes(getpid())
        #expect(own > 1 << 20 && own < 1 << 40)
        #expect(ResidentMemory.bytes(999_999_999) == 0)
    }
}

@Suite struct HandoverTests {
    /// Every phase of a worker means the same to the successor.
    @Test func workersKeepTheirPhase() {
        var slot = WorkerSlot(index: 3)
        (slot.pid, slot.line, slot.pipe, slot.startedAt, slot.requestsBefore) = (77, 5, 12, 10, 99)
        for phase in [WorkerSlot.Phase.ready(since: 11), .booting(since: 10), .draining(killAt: 50)] {
            slot.phase = phase
            var handover = Handover(
                format: 1, listeners: [], names: [], socketPaths: [], boardDescriptor: 4, lock: nil, workers: [],
                leavers: [], services: [], companions: [], hasBeenReady: true,
                startedAt: 1)
            handover.workers = [Handover.worker(slot)]
            let copy = handover.slots[0]
            #expect(copy.phase == phase && copy.pid == 77 && copy.line == 5 && copy.pipe == 12)
            #expect(copy.index == 3 && copy.startedAt == 10 && copy.requestsBefore == 99)
        }
        slot.pid = 0
        slot.phase = .waiting(until: 1e9)
        let due = Handover.worker(slot)
        #expect(due.pid == 0 && due.readySince == nil && due.killAt == nil)
    }

    @Test func theProgramIsHeldWhenAnotherTakesItsPlace() throws {
        let path = "/tmp/tt-program-\(UInt32.random(in: 1 ... .max))"
        func write(_ path: String) {
            let file = open(path, O_CREAT | O_WRONLY, 0o755)
            close(file)
        }
        write(path)
        defer { unlink(path) }
        let program = try Program(path)
        #expect(program.executable == path)
        write(path + ".new")
        rename(path + ".new", path)
        #expect(program.executable.hasPrefix("/proc/\(getpid())/fd/"))
        program.close()
        #expect(throws: SupervisorError.self) { try Program(path + ".missing") }
    }
}
