import CKernel
import Glibc
import Observability

/// Keeps the workers alive. One thread, poll(2) over signals, a timer and the workers' pipes: nothing in it can deadlock.
public final class Supervisor {
    private enum Stopping: Equatable {
        case no
        /// Workers are draining until the time.
        case until(Double)
    }

    /// Seconds that a stuck worker gets to die of its abort.
    private static let abortTime = 2.0

    private let configuration: SupervisorConfiguration
    private let services: ServiceKeeper
    private let companions: ServiceKeeper
    private let report: (SupervisorEvent) -> Void
    private let onReady: ([String]) -> Void

    private let board: StatusBoard
    private let boardDescriptor: Int32
    private let signals: Int32
    private var listener: Listener
    private var slots: [WorkerSlot]
    /// Workers that drain without a slot.
    private var retired: Set<Int32> = []
    private var crashLoop = CrashLoopDetector()
    private var stopping = Stopping.no
    private var exitCode: Int32 = 0
    private var hasBeenReady = false
    private var lastWatchdog = 0.0

    /// Binds the sockets; nothing runs yet.
    /// - Parameters:
    ///   - services: started before the workers, in order, stopped after them in reverse.
    ///   - companions: started and stopped together with the workers; how they fare doesn't concern the workers.
    ///   - onReady: called once with the addresses when the first worker serves.
    /// - Throws: ``SupervisorError`` when an address can't be bound.
    public init(
        configuration: SupervisorConfiguration, services: [ServiceProcess] = [],
        companions: [ServiceProcess] = [],
        report: @escaping (SupervisorEvent) -> Void, onReady: @escaping ([String]) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.report = report
        self.onReady = onReady
        self.services = ServiceKeeper(services, report: report)
        self.companions = ServiceKeeper(companions, report: report)
        listener = try Listener(configuration.addresses, backlog: configuration.backlog)
        let (board, descriptor) = try StatusBoard.create(slots: StatusBoard.maxSlots)
        self.board = board
        boardDescriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, Listener.firstDescriptor)
        close(descriptor)
        slots = (0..<configuration.workers).map { WorkerSlot(index: $0) }
        for number in SignalTable.ignored { signal(number, SIG_IGN) }
        let numbers = Array(SignalTable.commands.keys)
        signals = kernel_signalfd(numbers, Int32(numbers.count))
        guard signals >= 0 else { throw SupervisorError("signalfd: \(String(cString: strerror(errno)))") }
        warnAboutBacklog()
    }

    /// Addresses as bound.
    public var addresses: [String] { listener.names }

    private static var now: Double { Double(kernel_monotonic_ns()) / 1e9 }

    /// Serves until told to stop.
    /// - Parameter prepare: run once the services answer and before the first worker starts.
    /// - Returns: the exit status of the process.
    public func run(prepare: () throws -> Void = {}) throws -> Int32 {
        do {
            try services.start { self.hasStopSignal() }
            try prepare()
        } catch {
            services.stop()
            listener.close()
            throw error
        }
        for name in listener.names { report(.listening(name)) }
        companions.startSoon()
        while step() {}
        services.stop()
        listener.close()
        report(.stopped)
        return exitCode
    }

    /// One turn of the loop; false when everything has ended.
    private func step() -> Bool {
        startDueWorkers()
        wait()
        readSignals()
        readPipes()
        reap()
        checkHeartbeats()
        services.tend()
        companions.tend()
        enforceStop()
        return stopping == .no || slots.contains(where: \.isAlive) || companions.isAnyAlive
    }

    // MARK: Workers

    private func startDueWorkers() {
        guard stopping == .no, services.areUp else { return }
        for index in slots.indices {
            if case .waiting(let until) = slots[index].phase, until <= Self.now { start(index) }
        }
    }

    private func start(_ index: Int) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return }
        let ours = fcntl(ends[0], F_DUPFD_CLOEXEC, Listener.firstDescriptor)
        let theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, Listener.firstDescriptor)
        close(ends[0])
        close(ends[1])
        defer { close(theirs) }
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        var descriptors: [(ours: Int32, childs: Int32)] = [
            (listener.descriptors[0], 3), (boardDescriptor, 4), (theirs, 5),
        ]
        if listener.descriptors.count > 1 { descriptors.append((listener.descriptors[1], 6)) }
        var environment = configuration.environment
        environment["TT_SUPERVISOR_PID"] = String(getpid())
        environment["TT_LISTENERS"] = listener.descriptors.count > 1 ? "3,6" : "3"
        board.slot(index).occupy()
        do {
            let pid = try Spawner.spawn(
                [configuration.executable, "worker", String(index)], environment: environment, descriptors: descriptors,
                secrets: configuration.secrets, ownGroup: true)
            board.slot(index).pid = pid
            slots[index].pid = pid
            slots[index].pipe = ours
            slots[index].phase = .booting(since: Self.now)
            report(.workerStarted(slot: index, pid: pid))
        } catch {
            close(ours)
            died(index, ExitReason(status: 1 << 8), cause: error.description)
        }
    }

    private func readPipes() {
        for index in slots.indices where slots[index].pipe >= 0 {
            var byte: UInt8 = 0
            guard case .booting = slots[index].phase, read(slots[index].pipe, &byte, 1) == 1 else { continue }
            slots[index].phase = .ready(since: Self.now)
            crashLoop.becameReady()
            report(.workerReady(slot: index, pid: slots[index].pid))
            guard !hasBeenReady else { continue }
            hasBeenReady = true
            Notify.send("READY=1\nSTATUS=serving")
            onReady(listener.names)
        }
    }

    /// Collects every dead child, strangers too: as process 1 they are ours to bury.
    ///
    /// Nothing of a worker or companion outlives it. What it started (the Swift runtime's `swift-backtrace` holds hundreds
    /// of megabytes and copies of the worker's sockets) is in its process group, which is killed while the dead leader
    /// still keeps the group's number from being used again.
    private func reap() {
        while true {
            let pid = kernel_ended_child()
            guard pid > 0 else { return }
            let slot = slots.firstIndex { $0.pid == pid }
            if slot != nil || companions.owns(pid) || retired.remove(pid) != nil { kill(-pid, SIGKILL) }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return }
            let reason = ExitReason(status: status)
            if let index = slot {
                died(index, reason)
            } else {
                services.died(pid, reason)
                companions.died(pid, reason)
            }
        }
    }

    private func died(_ index: Int, _ reason: ExitReason, cause: String? = nil) {
        let pid = slots[index].pid
        let phase = slots[index].phase
        board.slot(index).vacate()
        if slots[index].pipe >= 0 { close(slots[index].pipe) }
        slots[index].pid = 0
        slots[index].pipe = -1
        guard stopping == .no, phase != .draining else {
            slots[index].phase = .stopped
            return
        }
        if reason.isConfigurationError { return stop(exitCode: 78, reason: "a worker refused its configuration") }
        var served: Double?
        if case .ready(let since) = phase { served = Self.now - since }
        if case .booting = phase,
            crashLoop.diedBeforeReady(now: Self.now, isAnyServing: slots.contains(where: \.isReady))
        {
            report(.crashLoop)
            return stop(exitCode: 1, reason: "workers die before they are ready")
        }
        let delay = slots[index].policy.delay(served: served, random: Double.random(in: 0..<1))
        slots[index].phase = .waiting(until: Self.now + delay)
        report(.workerDied(slot: index, pid: pid, reason: cause ?? reason.description, restartIn: delay))
    }

    private func checkHeartbeats() {
        for index in slots.indices where slots[index].isAlive {
            let beat = Double(board.slot(index).heartbeat) / 1e9
            if slots[index].isStuck(
                now: Self.now, beat: beat, heartbeatTimeout: configuration.heartbeatTimeout,
                bootTimeout: configuration.bootTimeout)
            {
                let pid = slots[index].pid
                report(.workerStuck(slot: index, pid: pid, threads: ThreadStates.describe(pid)))
                // For a core file or a backtrace, where they are switched on; without them this is the end of it.
                kill(pid, SIGABRT)
                slots[index].phase = .aborting(killAt: Self.now + Self.abortTime)
            }
            if case .aborting(let killAt) = slots[index].phase, killAt <= Self.now { kill(-slots[index].pid, SIGKILL) }
        }
        pingWatchdog()
    }

    /// systemd hears from us only while a worker beats, so that it replaces a server that lives but doesn't serve.
    private func pingWatchdog() {
        guard let interval = Notify.watchdogInterval, Self.now - lastWatchdog > interval / 3 else { return }
        let isBeating = slots.contains {
            $0.isReady && Self.now - Double(board.slot($0.index).heartbeat) / 1e9 < configuration.heartbeatTimeout
        }
        guard isBeating else { return }
        lastWatchdog = Self.now
        Notify.send("WATCHDOG=1")
    }

    // MARK: Signals and stopping

    private func wait() {
        var descriptors = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
        for slot in slots where slot.pipe >= 0 {
            if case .booting = slot.phase {
                descriptors.append(pollfd(fd: slot.pipe, events: Int16(POLLIN), revents: 0))
            }
        }
        // Heartbeats are looked at once a second; anything due earlier shortens the wait.
        var due = Self.now + 1
        for slot in slots { if let deadline = slot.deadline { due = min(due, deadline) } }
        if case .until(let deadline) = stopping { due = min(due, deadline) }
        if let deadline = services.deadline { due = min(due, deadline) }
        if let deadline = companions.deadline { due = min(due, deadline) }
        poll(&descriptors, nfds_t(descriptors.count), Int32(max(0, (due - Self.now) * 1000).rounded(.up)))
    }

    private func readSignals() {
        var received = kernel_signal()
        while kernel_signalfd_read(signals, &received) == 1 {
            switch SignalTable.commands[Int32(received.number)] {
            case .drain: drain(hurry: stopping != .no)
            case .quit: quit()
            case .addWorker: addWorker()
            case .removeWorker: removeWorker()
            case .reap, nil: break
            }
        }
    }

    /// For the time before the loop runs: whether somebody wants us to stop already.
    private func hasStopSignal() -> Bool {
        var received = kernel_signal()
        while kernel_signalfd_read(signals, &received) == 1 {
            switch SignalTable.commands[Int32(received.number)] {
            case .drain, .quit: return true
            default: break
            }
        }
        return false
    }

    private func drain(hurry: Bool) {
        if hurry {
            stopping = .until(Self.now + 2)
        } else {
            stop(exitCode: 0, reason: "signal")
        }
    }

    private func stop(exitCode: Int32, reason: String) {
        guard stopping == .no else { return }
        self.exitCode = exitCode
        report(.draining(reason: reason))
        Notify.send("STOPPING=1")
        stopping = .until(Self.now + configuration.drainTimeout)
        companions.beginStop()
        for index in slots.indices {
            if slots[index].isAlive {
                kill(slots[index].pid, SIGTERM)
                slots[index].phase = .draining
            } else {
                slots[index].phase = .stopped
            }
        }
    }

    private func quit() {
        stop(exitCode: 0, reason: "QUIT")
        for slot in slots where slot.isAlive { kill(slot.pid, SIGKILL) }
        companions.killRemaining()
    }

    private func enforceStop() {
        guard case .until(let deadline) = stopping, deadline <= Self.now else { return }
        for slot in slots where slot.isAlive {
            report(.killing(pid: slot.pid))
            kill(slot.pid, SIGKILL)
        }
        companions.killRemaining()
        stopping = .until(Self.now + 1)
    }

    private func addWorker() {
        guard stopping == .no, slots.count < StatusBoard.maxSlots else { return }
        slots.append(WorkerSlot(index: slots.count))
    }

    /// The last slot drains; one worker always stays.
    private func removeWorker() {
        guard stopping == .no, slots.count > 1, let last = slots.last else { return }
        if last.isAlive {
            kill(last.pid, SIGTERM)
            retired.insert(last.pid)
        }
        if last.pipe >= 0 { close(last.pipe) }
        slots.removeLast()
    }

    private func warnAboutBacklog() {
        guard let file = fopen("/proc/sys/net/core/somaxconn", "r") else { return }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, 32, file) != nil else { return }
        let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
        guard let limit = Int32(String(decoding: digits, as: UTF8.self)), limit < configuration.backlog else { return }
        report(.backlogCut(wanted: configuration.backlog, limit: limit))
    }
}
