import CKernel
import Synchronization

/// A descriptor registered with a reactor, level triggered. Every method may be called from any thread.
///
/// Cancel the watch before closing the descriptor. After `cancel()` on the reactor thread the handler does not run again;
/// on another thread one call that has already begun may still be running.
public final class Watch: Sendable {
    let token: UInt64
    let isLate: Bool
    let handler: @Sendable (Readiness) -> Void
    private let fd: Int32
    private let reactor: Reactor
    private let interest: Mutex<Interest?>

    init(
        token: UInt64, fd: Int32, interest: Interest, isLate: Bool, reactor: Reactor,
        handler: @escaping @Sendable (Readiness) -> Void
    ) {
        self.token = token
        self.isLate = isLate
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
            reactor.control(.modify, fd: fd, interest: interest, token: token)
        }
    }

    /// Idempotent.
    public func cancel() {
        let wasActive = interest.withLock { current in
            guard current != nil else { return false }
            current = nil
            reactor.control(.delete, fd: fd, interest: [], token: token)
            return true
        }
        if wasActive { reactor.forget(token) }
    }
}
