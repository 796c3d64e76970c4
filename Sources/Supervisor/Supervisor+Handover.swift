import CKernel
import FoundationEssentials
import Glibc

/// USR2: this process goes on as the program now on disk.
extension Supervisor {
    /// Seconds in which workers are replaced whose heartbeats can't be seen.
    private static let blindTime = 600.0

    /// Executes the program with the arguments that this one was started with. Children, sockets and the status board stay.
    /// - Returns: why it didn't work; it doesn't return otherwise.
    func becomeSuccessor() -> String {
        guard let reloads else { return "" }
        let handover = makeHandover()
        let kept = handover.descriptors
        guard let data = try? JSONEncoder().encode(handover) else { return "the handover can't be written" }
        let bytes = Array(data)
        let memory = kernel_sealed_memfd("timetracker-handover", bytes, UInt64(bytes.count))
        guard memory >= 0 else { return "memfd_create: \(String(cString: strerror(errno)))" }
        let description = Listener.raise(memory)
        let secrets = Secrets.childDescriptor
        guard dup2(reloads.secrets.descriptor, secrets) == secrets else { return "dup2 failed" }
        for descriptor in kept + [description] { _ = fcntl(descriptor, F_SETFD, 0) }

        var environment = reloads.environment
        environment[Handover.variable] = String(description)
        environment[Secrets.variable] = String(secrets)
        var argv: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        execve(configuration.executable, &argv, &envp)
        let problem = "execve: \(String(cString: strerror(errno)))"
        for descriptor in kept { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        close(description)
        close(secrets)
        return problem
    }

    private func makeHandover() -> Handover {
        Handover(
            format: Handover.currentFormat, listeners: listener.descriptors, names: listener.names,
            socketPaths: listener.socketPaths, boardDescriptor: boardDescriptor, lock: lock,
            workers: slots.map(Handover.worker),
            // A worker that was to replace another isn't needed: all are replaced.
            leavers: (retired + (newcomer.map { [$0.worker] } ?? [])).map(Handover.worker),
            services: services.adoptable, companions: companions.adoptable, hasBeenReady: true,
            admin: admin?.descriptor, adminName: admin?.name, adminPath: admin?.socketPath, startedAt: startedAt)
    }

    /// Goes on where the supervisor left off that this process was.
    func adopt(_ handover: Handover) {
        services.adopt(handover.services)
        companions.adopt(handover.companions)
        for index in retired.indices where !retired[index].phase.isEnding {
            kill(retired[index].pid, SIGTERM)
            retired[index].phase = .draining(killAt: Self.now + configuration.drainTimeout)
        }
        // A board of another make shows nothing of the workers that are there, so their beats are not waited for.
        if boardDescriptor != handover.boardDescriptor {
            for index in slots.indices where slots[index].isAlive {
                slots[index].phase = .ready(since: Self.now + Self.blindTime)
            }
        }
        report(.tookOver(workers: slots.count(where: \.isAlive)))
    }
}
