import CKernel
import Glibc
import Observability
import Reactor

/// Accepts from a listening socket that the supervisor opened and all workers share, so that connections spread evenly.
///
/// A worker accepts only while it has at most one connection more than the least-loaded live worker; otherwise it looks
/// again every millisecond and, after 20 ms, accepts anyway, so that a wrong count can never stop the service. At the bound
/// of connections the one idle longest makes room, and while none is idle others wait in the kernel's queue.
///
/// Confined to the reactor's thread.
final class Acceptor: @unchecked Sendable {
    private static let recheck = Duration.milliseconds(1)
    private static let maxRechecks = 20
    /// Connections accepted in one turn of the reactor, so that those that are open don't wait for a flood of new ones.
    private static let atOnce = 64
    /// Bytes of a connection that wait in the kernel for a client to read. Without a bound it takes megabytes of each, at
    /// the cost of everybody's memory and of a millisecond that others wait.
    private static let maxUnsent: Int32 = 128 * 1024

    private let descriptor: Int32
    private let service: HTTPService
    private let board: StatusBoard?
    private var watch: Watch?
    private var rechecks = 0
    private var isClosed = false

    init(descriptor: Int32, service: HTTPService, board: StatusBoard?) {
        self.descriptor = descriptor
        self.service = service
        self.board = board
        kernel_no_delay(descriptor)
        kernel_limit_unsent(descriptor, Self.maxUnsent)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    func start() {
        service.reactor.execute { [self] in
            guard !isClosed else { return }
            watch = service.reactor.watch(descriptor, interest: .read, order: .last) { [self] _ in accept() }
        }
    }

    /// Closes this process's copy; the queue goes on for the other workers.
    func close() {
        service.reactor.execute { [self] in
            isClosed = true
            watch?.cancel()
            watch = nil
            Glibc.close(descriptor)
        }
    }

    private func accept() {
        for _ in 0..<Self.atOnce {
            guard hasRoom() else { return lookAgain() }
            guard isFair || rechecks >= Self.maxRechecks else {
                rechecks += 1
                return lookAgain()
            }
            rechecks = 0
            var far = kernel_peer()
            let connection = kernel_accept(descriptor, &far)
            guard connection >= 0 else { return acceptFailed(errno) }
            service.open(connection, Peer(far, service.proxies))
        }
    }

    private func acceptFailed(_ code: Int32) {
        switch code {
        case EAGAIN, ECONNABORTED, EPROTO, EPERM: break
        // Descriptors or memory are used up: others have to go before one can come.
        default:
            service.registry.makeRoom()
            lookAgain()
        }
    }

    private func hasRoom() -> Bool {
        guard service.registry.count >= service.limits.maxConnections else { return true }
        service.registry.makeRoom()
        return service.registry.count < service.limits.maxConnections
    }

    private func lookAgain() {
        watch?.update([])
        service.reactor.schedule(after: Self.recheck) { [self] in
            guard !isClosed else { return }
            watch?.update(.read)
            accept()
        }
    }

    private var isFair: Bool {
        guard let board else { return true }
        var least = Int.max
        for index in 0..<board.usedSlots {
            let slot = board.slot(index)
            if slot.state == .ready { least = min(least, slot.connections) }
        }
        return least == Int.max || service.registry.count <= least + 1
    }
}
