import Reactor
import Synchronization

/// Who a request counts for where requests have to wait.
enum Crowd: Hashable, Sendable {
    case token(Int64)
    /// Of a browser's session.
    case user(Int64)
    /// Of somebody who hasn't signed in.
    case address(String)

    init(_ principal: Principal?, address: String) {
        guard let principal else {
            self = .address(address)
            return
        }
        self = principal.tokenID > 0 ? .token(principal.tokenID) : .user(principal.userID)
    }
}

/// Lets requests in to be worked at, as many as the worker can do, fairly.
final class Admission: Sendable {
    private typealias Waiter = UnsafeContinuation<Bool, Never>

    /// The position in the queue, for a cancellation that may come before there is one.
    private final class Position: Sendable {
        let ticket = Atomic<UInt64>(0)
    }

    let limits: AdmissionLimits
    private let reactor: Reactor
    private let metrics: ServiceMetrics
    private let machine: Mutex<AdmissionMachine<Waiter>>

    init(_ limits: AdmissionLimits, reactor: Reactor, metrics: ServiceMetrics) {
        self.limits = limits
        self.reactor = reactor
        self.metrics = metrics
        machine = Mutex(AdmissionMachine(limits))
    }

    /// Requests that wait.
    var waiting: Int { machine.withLock { $0.waitingCount } }

    /// Refuses what would be refused anyway, before anything is done for it.
    /// - Throws: ``APIError`` 503.
    func check(_ crowd: Crowd) throws {
        if machine.withLock({ $0.isFull(for: crowd) }) { throw refusal() }
    }

    /// Lets a request in for which there is a place, as there nearly always is, without the cost of an asynchronous call.
    ///
    /// - Returns: false when it has to wait, by ``enter(_:)``; otherwise ``leave(_:)`` must follow.
    /// - Throws: ``APIError`` 503 when too many wait.
    func enterNow(_ crowd: Crowd) throws -> Bool {
        switch machine.withLock({ $0.enter(crowd) }) {
        case .entered: return true
        case .mustWait: return false
        case .refused: throw refusal()
        }
    }

    /// Returns when the request may be worked at; then ``leave(_:)`` must follow.
    /// - Throws: ``APIError`` 503 when too many wait, or the wait was too long, or the client has gone.
    func enter(_ crowd: Crowd) async throws {
        guard try !enterNow(crowd) else { return }
        if await !wait(crowd) { throw refusal() }
    }

    func leave(_ crowd: Crowd) {
        let next = machine.withLock { $0.leave(crowd) }
        next?.resume(returning: true)
    }

    private func refusal() -> APIError {
        metrics.turnedAway()
        return .overloaded
    }

    private func wait(_ crowd: Crowd) async -> Bool {
        let position = Position()
        let timer = reactor.schedule(after: limits.patience) { [weak self] in self?.giveUp(position, crowd) }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: Waiter) in
                queue(waiter, position, crowd)
                // A cancellation before this moment found no place to give up.
                if Task.isCancelled { giveUp(position, crowd) }
            }
        } onCancel: {
            giveUp(position, crowd)
        }
    }

    private func queue(_ waiter: Waiter, _ position: Position, _ crowd: Crowd) {
        let entry = machine.withLock { machine in
            // Somebody may have left since the first look, and would wake nobody.
            let entry = machine.enter(crowd)
            if entry == .mustWait {
                position.ticket.store(machine.wait(waiter, crowd), ordering: .sequentiallyConsistent)
            }
            return entry
        }
        switch entry {
        case .mustWait: break
        case .entered: waiter.resume(returning: true)
        case .refused: waiter.resume(returning: false)
        }
    }

    private func giveUp(_ position: Position, _ crowd: Crowd) {
        let ticket = position.ticket.load(ordering: .sequentiallyConsistent)
        let waiter = machine.withLock { $0.giveUp(ticket, crowd) }
        waiter?.resume(returning: false)
    }
}
