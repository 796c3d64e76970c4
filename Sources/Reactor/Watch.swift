import CKernel
import Synchronization

/// A descriptor registered with a reactor, level triggered. Every method may be called from any thread.
///
/// Cancel the watch before closing the descriptor. After `cancel()` on the reactor thread the handler does not run again;
/// on another thread one call that has already begun may still be running.
public final class Watch: Sendable {
    /// When a turn of the reactor serves a descriptor.
    public enum Order: Sendable {
        /// Databases: what they resume comes before new work. Served in each turn, however many clients are ready.
        case early
        /// Clients. While more of them are ready than fit into a turn they have their turns one after the other.
        case late
        /// Listening sockets: after the clients of the turn, in each turn.
        case last
    }

    let token: UInt64
    let order: Order
    let handler: @Sendable (Readiness) -> Void
    private let fd: Int32
    private let reactor: Reactor
    private let interest: Mutex<Interest?>

    init(
        token: UInt64, fd: Int32, interest: Interest, order: Order, reactor: Reactor,
        handler: @escaping @Sendable (Readiness) -> Void
    ) {
        self.token = token
        self.order = order
        self.fd = fd
        self.reactor = reactor
        self.handler = handler
        self.interest = Mutex(interest)
    }

    var isActive: Bool { interest.withLock { $0 != nil } }

    /// Takes effect at once, without waking the reactor. Does nothing after `cancel()`.
    public func update(_ interest: Interest) {
        self.interest.withLock { current in
            guard let old = current, old != interest else { return }
            current = interest
            reactor.control(.modify, fd: fd, interest: interest, token: token, order)
        }
    }

    /// Idempotent.
    ///
    /// - Parameter closes: the caller closes the descriptor right after this, and nothing else refers to what it stands
    ///   for: epoll(7) forgets it then without a system call of its own.
    public func cancel(closes: Bool = false) {
        let wasActive = interest.withLock { current in
            guard current != nil else { return false }
            current = nil
            if !closes { reactor.control(.delete, fd: fd, interest: [], token: token, order) }
            return true
        }
        if wasActive { reactor.forget(token) }
    }
}
