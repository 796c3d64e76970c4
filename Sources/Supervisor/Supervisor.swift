import CKernel
import Glibc
import Observability

/// Keeps the workers alive. One thread, poll(2) over signals, a timer and the workers' pipes: nothing in it can deadlock.
public final class Supervisor {
    enum Stopping: Equatable {
        case no
        /// Workers are draining until the time.
        case until(Double)
    }

    /// Most workers at once, without those that drain.
    static let maxWorkers = 256

    var configuration: SupervisorConfiguration
    var program: Program
    let services: ServiceKeeper
    let companions: ServiceKeeper
    let reloads: Reload?
    let report: (SupervisorEvent) -> Void
    private let onReady: ([String]) -> Void

    let board: StatusBoard
    let boardDescriptor: Int32
    private let signals: Int32
    let listener: Listener
    /// Handed on to the supervisor that this one becomes.
    let lock: Int32?

    var slots: [WorkerSlot]
    /// Workers that drain without a slot.
    var retired: [WorkerSlot] = []
    /// A worker on its way to take a slot whose worker still serves.
    var newcomer: (worker: WorkerSlot, reason: ReplacementReason)?
    /// Slots whose workers are to be replaced, one after the other.
    var replacements: [(index: Int, reason: ReplacementReason)] = []
    /// Whether a worker with the new configuration serves, so that there is something to lose by going back.
    var hasReplaced = false
    /// What to go back to when the first worker of a reload doesn't come up.
    var fallback: (configuration: SupervisorConfiguration, program: Program)?
    /// Started when the reload was accepted; nil = none is on its way.
    var rollingSince: Double?
    var companionsToCome: [ServiceProcess] = []
    var reload: Reload.Progress?
    /// A signal that came while another reload was on its way.
    var nextReload: Reload.Purpose?
    var nextRecyclingCheck = 0.0
    var nextSample = 0.0
    var counters: SupervisorCounters
    let admin: AdminServer?
    /// Monotonic seconds.
    let startedAt: Double

    var crashLoop = CrashLoopDetector()
    var stopping = Stopping.no
    var exitCode: Int32 = 0
    private var hasBeenReady = false
    private var lastWatchdog = 0.0
    private let isSuccessor: Bool

    /// Binds the sockets, or takes over what a supervisor has left that was this process before; nothing runs yet.
    /// - Parameters:
    ///   - services: started before the workers, in order, stopped after them in reverse.
    ///   - companions: started and stopped together with the workers; how they fare doesn't concern the workers.
    ///   - reloads: nil = HUP and USR2 do nothing.
    ///   - lock: a descriptor that is to be held on to.
    ///   - onReady: called once with the addresses when the first worker serves.
    /// - Throws: ``SupervisorError`` when an address can't be bound.
    public init(
        configuration: SupervisorConfiguration, services: [ServiceProcess] = [],
        companions: [ServiceProcess] = [], reloads: Reload? = nil, lock: Int32? = nil, handover: Handover? = nil,
        report: @escaping (SupervisorEvent) -> Void, onReady: @escaping ([String]) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.report = report
        self.onReady = onReady
        self.reloads = reloads
        self.lock = lock
        self.services = ServiceKeeper(services, report: report)
        self.companions = ServiceKeeper(companions, report: report)
        program = try Program(configuration.executable)
        isSuccessor = handover != nil
        if let handover {
            listener = handover.listener
            (board, boardDescriptor) = try handover.takeBoard()
            slots = handover.slots
            retired = handover.retired
            hasBeenReady = handover.hasBeenReady
            admin = try handover.takeAdmin() ?? configuration.adminAddress.map { try AdminServer($0) }
            startedAt = handover.startedAt
        } else {
            listener = try Listener(configuration.addresses, backlog: configuration.backlog)
            (board, boardDescriptor) = try Self.makeBoard()
            slots = (0..<min(configuration.workers, Self.maxWorkers)).map { WorkerSlot(index: $0) }
            admin = try configuration.adminAddress.map { try AdminServer($0) }
            startedAt = Self.now
        }
        counters = SupervisorCounters(board: board)
        counters.setBuild(configuration.version, startedAt: Double(time(nil)) - Self.now + startedAt)
        self.companions.board = boardDescriptor
        for number in SignalTable.ignored { signal(number, SIG_IGN) }
        let numbers = Array(SignalTable.commands.keys)
        signals = kernel_signalfd(numbers, Int32(numbers.count))
        guard signals >= 0 else { throw SupervisorError("signalfd: \(String(cString: strerror(errno)))") }
        if let handover { adopt(handover) }
        warnAboutBacklog()
    }

    static func makeBoard() throws -> (StatusBoard, Int32) {
        let (board, descriptor) = try StatusBoard.create(slots: StatusBoard.maxSlots)
        return (board, Listener.raise(descriptor))
    }

    /// Addresses as bound.
    public var addresses: [String] { listener.names }

    static var now: Double { Double(kernel_monotonic_ns()) / 1e9 }

    /// Serves until told to stop.
    /// - Parameter prepare: run once the services answer and before the first worker starts, unless workers serve already.
    /// - Returns: the exit status of the process.
    public func run(prepare: () throws -> Void = {}) throws -> Int32 {
        if isSuccessor {
            beginRolling(companions: companions.all)
        } else {
            do {
                try services.start { self.hasStopSignal() }
                try prepare()
            } catch {
                services.stop()
                listener.close()
                throw error
            }
            for name in listener.names { report(.listening(name)) }
            if let admin { report(.listening(admin.name + " (admin)")) }
            companions.startSoon()
        }
        while step() {}
        services.stop()
        listener.close()
        admin?.close()
        report(.stopped)
        return exitCode
    }

    /// One turn of the loop; false when everything has ended.
    private func step() -> Bool {
        startDueWorkers()
        tendReplacement()
        wait()
        readSignals()
        readPipes()
        reload?.probe.read()
        reap()
        checkWorkers()
        tendReload()
        services.tend()
        companions.tend()
        enforceStop()
        sampleIfDue()
        admin?.tend(Self.now, answer)
        return stopping == .no || isAnyWorkerAlive || companions.isAnyAlive
    }

    var isAnyWorkerAlive: Bool { slots.contains(where: \.isAlive) || !retired.isEmpty || newcomer != nil }

    private func wait() {
        var descriptors = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
        func watch(_ descriptor: Int32) {
            descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        for slot in slots where slot.isBooting && slot.pipe >= 0 { watch(slot.pipe) }
        if let worker = newcomer?.worker, worker.isBooting { watch(worker.pipe) }
        for descriptor in reload?.probe.descriptors ?? [] { watch(descriptor) }
        if let admin { descriptors += admin.interests }
        // Heartbeats are looked at once a second; anything due earlier shortens the wait.
        var due = Self.now + 1
        for slot in slots + retired { if let deadline = slot.deadline { due = min(due, deadline) } }
        if case .until(let deadline) = stopping { due = min(due, deadline) }
        if let deadline = services.deadline { due = min(due, deadline) }
        if let deadline = companions.deadline { due = min(due, deadline) }
        if let deadline = admin?.deadline { due = min(due, deadline) }
        if let interval = Notify.watchdogInterval { due = min(due, lastWatchdog + interval / 3) }
        poll(&descriptors, nfds_t(descriptors.count), Int32(max(0, (due - Self.now) * 1000).rounded(.up)))
    }

    private func readPipes() {
        for index in slots.indices where hasBecomeReady(&slots[index]) {
            crashLoop.becameReady()
            report(.workerReady(slot: slots[index].line, pid: slots[index].pid))
            guard !hasBeenReady else { continue }
            hasBeenReady = true
            Notify.send("READY=1\nSTATUS=serving")
            onReady(listener.names)
        }
        guard var arrived = newcomer, hasBecomeReady(&arrived.worker) else { return }
        newcomer = arrived
        newcomerIsReady()
    }

    private func hasBecomeReady(_ worker: inout WorkerSlot) -> Bool {
        var byte: UInt8 = 0
        guard worker.pipe >= 0, worker.isBooting, read(worker.pipe, &byte, 1) == 1 else { return false }
        worker.phase = .ready(since: Self.now)
        return true
    }

    /// systemd hears from us only while a worker beats, so that it replaces a server that lives but doesn't serve.
    func pingWatchdog() {
        guard let interval = Notify.watchdogInterval, Self.now - lastWatchdog > interval / 3 else { return }
        let isBeating = slots.contains {
            $0.isReady && Self.now - Double(board.slot($0.line).heartbeat) / 1e9 < configuration.heartbeatTimeout
        }
        lastWatchdog = Self.now
        if isBeating { Notify.send("WATCHDOG=1") }
    }

    // MARK: Signals

    private func readSignals() {
        var received = kernel_signal()
        while kernel_signalfd_read(signals, &received) == 1 {
            switch SignalTable.commands[Int32(received.number)] {
            case .drain: drain(hurry: stopping != .no)
            case .quit: quit()
            case .addWorker: addWorker()
            case .removeWorker: removeWorker()
            case .reload: beginReload(.workers)
            case .replaceSupervisor: beginReload(.supervisor)
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
