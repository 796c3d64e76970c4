import CKernel
import Glibc
import Observability

/// Starting, watching and burying workers.
extension Supervisor {
    /// Seconds that a stuck worker gets to die of its abort.
    private static let abortTime = 2.0
    /// Seconds that a draining worker gets beyond its own deadline, for the end of its connections to the services.
    private static let drainSlack = 7.0

    func startDueWorkers() {
        guard stopping == .no, services.areUp else { return }
        for index in slots.indices {
            guard case .waiting(let until) = slots[index].phase, until <= Self.now else { continue }
            do {
                // A copy, because the start looks at all slots.
                var slot = slots[index]
                try start(&slot)
                slots[index] = slot
            } catch {
                died(index, ExitReason(status: 1 << 8), cause: "\(error)")
            }
        }
    }

    /// Starts a worker for the slot. It has a line of the status board to itself until it is dead.
    func start(_ slot: inout WorkerSlot) throws(SupervisorError) {
        guard let line = freeLine() else { throw SupervisorError("the status board is full") }
        let (ours, theirs) = try Probe.makePipe()
        defer { close(theirs) }
        var descriptors: [(ours: Int32, childs: Int32)] = [
            (listener.descriptors[0], 3), (boardDescriptor, 4), (theirs, 5),
        ]
        if listener.descriptors.count > 1 { descriptors.append((listener.descriptors[1], 6)) }
        var environment = configuration.environment
        environment["TT_SUPERVISOR_PID"] = String(getpid())
        environment["TT_LISTENERS"] = listener.descriptors.count > 1 ? "3,6" : "3"
        board.slot(line).occupy()
        board.usedSlots = max(board.usedSlots, line + 1)
        do {
            slot.pid = try Spawner.spawn(
                [program.path, "worker", String(line)], program: program.executable, environment: environment,
                descriptors: descriptors, secrets: configuration.secrets, ownGroup: true)
        } catch {
            close(ours)
            board.slot(line).vacate()
            throw error
        }
        board.slot(line).pid = slot.pid
        slot.line = line
        slot.pipe = ours
        slot.phase = .booting(since: Self.now)
        slot.startedAt = Self.now
        slot.requestsBefore = board.slot(line).requests
        slot.spread = Double.random(in: 0.9..<1.1)
        report(.workerStarted(slot: line, pid: slot.pid))
    }

    /// The lowest line that no living worker has.
    private func freeLine() -> Int? {
        var taken = Set((slots + retired).filter(\.isAlive).map(\.line))
        if let worker = newcomer?.worker, worker.isAlive { taken.insert(worker.line) }
        return (0..<board.slotCount).first { !taken.contains($0) }
    }

    /// Collects every dead child, strangers too: as process 1 they are ours to bury.
    ///
    /// Nothing of a worker or companion outlives it. What it started (the Swift runtime's `swift-backtrace` holds hundreds
    /// of megabytes and copies of the worker's sockets) is in its process group, which is killed while the dead leader
    /// still keeps the group's number from being used again.
    func reap() {
        while true {
            let pid = kernel_ended_child()
            guard pid > 0 else { return }
            let slot = slots.firstIndex { $0.pid == pid }
            let leaver = retired.firstIndex { $0.pid == pid }
            let isNew = newcomer?.worker.pid == pid
            let isProbe = reload?.probe.pid == pid
            if slot != nil || leaver != nil || isNew || isProbe || companions.owns(pid) { kill(-pid, SIGKILL) }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return }
            let reason = ExitReason(status: status)
            if let index = slot {
                died(index, reason)
            } else if let index = leaver {
                bury(retired.remove(at: index))
            } else if isNew {
                newcomerDied(reason)
            } else if isProbe {
                reload?.probe.ended(reason)
            } else {
                if companions.owns(pid) { board.clearGauges(board.jobsPlace) }
                services.died(pid, reason)
                companions.died(pid, reason)
            }
        }
    }

    /// Takes back what a dead worker had.
    func bury(_ worker: WorkerSlot) {
        board.slot(worker.line).vacate()
        board.clearGauges(worker.line)
        if worker.pipe >= 0 { close(worker.pipe) }
    }

    private func died(_ index: Int, _ reason: ExitReason, cause: String? = nil) {
        let pid = slots[index].pid
        let phase = slots[index].phase
        if slots[index].isAlive { bury(slots[index]) }
        slots[index].pid = 0
        slots[index].pipe = -1
        guard stopping == .no else {
            slots[index].phase = .stopped
            return
        }
        if reason.isConfigurationError, !slots.contains(where: \.isReady) {
            return stop(exitCode: 78, reason: "a worker refused its configuration")
        }
        var served: Double?
        if case .ready(let since) = phase { served = Self.now - since }
        if case .booting = phase,
            crashLoop.diedBeforeReady(now: Self.now, isAnyServing: slots.contains(where: \.isReady))
        {
            report(.crashLoop)
            return stop(exitCode: 1, reason: "workers die before they are ready")
        }
        var isStuck = false
        if case .aborting = phase { isStuck = true }
        counters.restarted(isStuck ? "stuck" : "crash")
        let delay = slots[index].policy.delay(served: served, random: Double.random(in: 0..<1))
        slots[index].phase = .waiting(until: Self.now + delay)
        report(.workerDied(slot: slots[index].line, pid: pid, reason: cause ?? reason.description, restartIn: delay))
    }

    /// Gives up those that are stuck, and kills those that don't end.
    func checkWorkers() {
        for index in slots.indices where slots[index].isAlive { check(&slots[index]) }
        if var arrived = newcomer {
            check(&arrived.worker)
            newcomer = arrived
        }
        for index in retired.indices { killIfDue(&retired[index]) }
        pingWatchdog()
    }

    private func check(_ worker: inout WorkerSlot) {
        let beat = Double(board.slot(worker.line).heartbeat) / 1e9
        if worker.isStuck(
            now: Self.now, beat: beat, heartbeatTimeout: configuration.heartbeatTimeout,
            bootTimeout: configuration.bootTimeout)
        {
            report(.workerStuck(slot: worker.line, pid: worker.pid, threads: ThreadStates.describe(worker.pid)))
            // For a core file or a backtrace, where they are switched on; without them this is the end of it.
            kill(worker.pid, SIGABRT)
            worker.phase = .aborting(killAt: Self.now + Self.abortTime)
        }
        killIfDue(&worker)
    }

    private func killIfDue(_ worker: inout WorkerSlot) {
        switch worker.phase {
        case .draining(let killAt) where killAt <= Self.now:
            report(.killing(pid: worker.pid))
            kill(-worker.pid, SIGKILL)
            worker.phase = .draining(killAt: Self.now + 1)
        case .aborting(let killAt) where killAt <= Self.now:
            kill(-worker.pid, SIGKILL)
            worker.phase = .aborting(killAt: Self.now + 1)
        default: break
        }
    }

    /// Lets a worker finish its requests; it has no slot any more.
    func retire(_ worker: WorkerSlot) {
        var worker = worker
        kill(worker.pid, SIGTERM)
        worker.phase = .draining(killAt: Self.now + configuration.drainTimeout + Self.drainSlack)
        retired.append(worker)
    }

    // MARK: Number of workers

    func addWorker() {
        guard stopping == .no, slots.count < Self.maxWorkers else { return }
        slots.append(WorkerSlot(index: slots.count))
    }

    /// The last slot drains; one worker always stays.
    func removeWorker() {
        guard stopping == .no, slots.count > 1, let last = slots.popLast() else { return }
        if last.isAlive { retire(last) }
    }
}
