import CKernel
import Glibc

/// Starts, watches and stops the service processes.
final class ServiceKeeper {
    private struct Kept {
        var service: ServiceProcess
        /// What is to run in its place once it has ended.
        var successor: ServiceProcess?
        /// Not started again once it has ended.
        var isLeaving = false
        var pid: Int32 = 0
        var policy = RestartPolicy()
        var startedAt = 0.0
        /// When to start it again; nil while it runs.
        var dueAt: Double?
        /// Whether it answered since it was started.
        var isUp = false
    }

    /// Seconds a service may take to answer.
    private static let bootTimeout = 60.0

    private static let maxAttempts = 10

    private var kept: [Kept]
    /// Handed to those that count on the status board.
    var board: Int32?
    private var isStopping = false
    private let report: (SupervisorEvent) -> Void

    init(_ services: [ServiceProcess], report: @escaping (SupervisorEvent) -> Void) {
        kept = services.map { Kept(service: $0) }
        self.report = report
    }

    private static var now: Double { Double(kernel_monotonic_ns()) / 1e9 }

    var all: [ServiceProcess] { kept.map(\.service) }

    /// All of them answer. Workers are only started then; running ones go on without.
    var areUp: Bool { kept.allSatisfy(\.isUp) }

    var deadline: Double? {
        kept.compactMap { kept in kept.dueAt ?? (kept.isUp || isStopping ? nil : Self.now + 0.05) }.min()
    }

    /// Starts them one after the other and waits for each.
    /// - Parameter isInterrupted: asked while waiting; true ends the wait.
    func start(isInterrupted: () -> Bool) throws {
        for index in kept.indices {
            try spawn(index)
            let deadline = Self.now + Self.bootTimeout
            var attempts = 0
            while !kept[index].service.isReady() {
                var status: Int32 = 0
                if waitpid(kept[index].pid, &status, WNOHANG) == kept[index].pid {
                    kept[index].pid = 0
                    attempts += 1
                    guard attempts < Self.maxAttempts else {
                        throw SupervisorError(
                            "\(kept[index].service.name) did not start: \(ExitReason(status: status))")
                    }
                    // What a killed tree left behind may take a moment to go.
                    usleep(500_000)
                    try spawn(index)
                }
                if isInterrupted() {
                    throw SupervisorError("interrupted while \(kept[index].service.name) was starting")
                }
                guard Self.now < deadline else { throw SupervisorError("\(kept[index].service.name) does not answer") }
                usleep(50_000)
            }
            kept[index].isUp = true
            try kept[index].service.prepare()
        }
    }

    /// Starts them with the next ``tend()``, for those that nobody waits for.
    func startSoon() {
        for index in kept.indices { kept[index].dueAt = Self.now }
    }

    /// A process that another supervisor started, which has become this one.
    struct Adopted: Codable {
        var name: String
        var pid: Int32
        var startedAt: Double
    }

    var adoptable: [Adopted] {
        kept.map { Adopted(name: $0.service.name, pid: $0.pid, startedAt: $0.startedAt) }
    }

    /// Takes over processes that run already. Those that don't are started by the next ``tend()``.
    func adopt(_ adopted: [Adopted]) {
        for index in kept.indices {
            guard let process = adopted.first(where: { $0.name == kept[index].service.name }), process.pid != 0 else {
                kept[index].dueAt = Self.now
                continue
            }
            kept[index].pid = process.pid
            kept[index].startedAt = process.startedAt
            kept[index].isUp = true
        }
        // What has no name here any more was another configuration's.
        for process in adopted where process.pid != 0 && !kept.contains(where: { $0.service.name == process.name }) {
            kill(process.pid, SIGTERM)
        }
    }

    /// Ends what runs and runs `services` instead, each as soon as its predecessor has ended.
    func replace(with services: [ServiceProcess]) {
        for index in kept.indices {
            kept[index].successor = services.first { $0.name == kept[index].service.name }
            kept[index].isLeaving = kept[index].successor == nil
            if kept[index].pid != 0 {
                kill(kept[index].pid, kept[index].service.stopSignal)
            } else {
                succeed(index)
            }
        }
        kept.removeAll { $0.isLeaving && $0.pid == 0 }
        for service in services where !kept.contains(where: { $0.service.name == service.name }) {
            kept.append(Kept(service: service, dueAt: Self.now))
        }
    }

    /// - Returns: false when nobody succeeds it.
    @discardableResult
    private func succeed(_ index: Int) -> Bool {
        guard let successor = kept[index].successor else { return false }
        kept[index].service = successor
        kept[index].successor = nil
        kept[index].dueAt = Self.now
        return true
    }

    func owns(_ pid: Int32) -> Bool { pid != 0 && kept.contains { $0.pid == pid } }

    var isAnyAlive: Bool { kept.contains { $0.pid != 0 } }

    private func spawn(_ index: Int) throws(SupervisorError) {
        let service = kept[index].service
        var descriptors: [(ours: Int32, childs: Int32)] = []
        if let path = service.logPath {
            let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            if log >= 0 { descriptors = [(ours: log, childs: 1), (ours: log, childs: 2)] }
        }
        if service.countsOnBoard, let board {
            descriptors.append((ours: board, childs: ServiceProcess.boardDescriptor))
        }
        defer { if service.logPath != nil, let log = descriptors.first { close(log.ours) } }
        kept[index].pid = try Spawner.spawn(
            service.arguments, environment: service.environment, descriptors: descriptors, secrets: service.secrets,
            ownGroup: true)
        kept[index].startedAt = Self.now
        kept[index].dueAt = nil
        report(.serviceStarted(name: service.name, pid: kept[index].pid))
    }

    func died(_ pid: Int32, _ reason: ExitReason) {
        guard let index = kept.firstIndex(where: { $0.pid == pid }) else { return }
        let served = kept[index].isUp ? Self.now - kept[index].startedAt : nil
        kept[index].pid = 0
        kept[index].isUp = false
        guard !isStopping, !succeed(index) else { return }
        guard !kept[index].isLeaving else {
            kept.remove(at: index)
            return
        }
        let delay = kept[index].policy.delay(served: served, random: Double.random(in: 0..<1))
        kept[index].dueAt = Self.now + delay
        report(.serviceDied(name: kept[index].service.name, reason: reason.description, restartIn: delay))
    }

    /// Starts again what is due, and notices what has come up.
    func tend() {
        for index in kept.indices {
            if let due = kept[index].dueAt, due <= Self.now, (try? spawn(index)) == nil {
                kept[index].dueAt = Self.now + RestartPolicy.longest
            }
            if kept[index].pid != 0, !kept[index].isUp { kept[index].isUp = kept[index].service.isReady() }
        }
    }

    /// Tells all of them to stop, without waiting; none is started again.
    func beginStop() {
        isStopping = true
        for index in kept.indices {
            kept[index].dueAt = nil
            if kept[index].pid != 0 { kill(kept[index].pid, kept[index].service.stopSignal) }
        }
    }

    /// Kills those that have not stopped.
    func killRemaining() {
        for kept in kept where kept.pid != 0 {
            report(.killing(pid: kept.pid))
            kill(kept.pid, SIGKILL)
        }
    }

    /// Stops them in reverse order, each within its time.
    func stop() {
        for index in kept.indices.reversed() where kept[index].pid != 0 {
            let service = kept[index].service
            kill(kept[index].pid, service.stopSignal)
            let deadline = Self.now + service.stopTimeout
            var status: Int32 = 0
            while waitpid(kept[index].pid, &status, WNOHANG) == 0 {
                if Self.now > deadline {
                    report(.killing(pid: kept[index].pid))
                    kill(kept[index].pid, SIGKILL)
                }
                usleep(20_000)
            }
            kept[index].pid = 0
        }
    }
}
