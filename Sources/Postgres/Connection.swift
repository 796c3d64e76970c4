import CPostgres
import Reactor
import Synchronization

/// One libpq connection in pipeline mode on the reactor.
///
/// Whoever finds the connection free owns it for a moment: a caller, who sends on its own thread, or the reactor, which reads.
/// Nobody waits for it: what arrives while it is owned is noted in the inbox, and the owner does it before letting go.
/// Continuations are resumed outside all locks.
///
/// Reads that the reactor's own tasks submit leave together at the end of its turn, under one sync.
final class Connection: TurnEndObserver {
    typealias Waiter = UnsafeContinuation<Answer, Never>
    typealias Terms = ConnectionMachine<Waiter>.Terms

    private struct Inbox {
        var isOwned = false
        var hasInput = false
        var turnHasEnded = false
        var requests: [(Request, Waiter, Terms)] = []
        var watch: Watch?
    }

    let id: Int
    /// Index of the server in the ``HostList``.
    let host: Int
    private let state: Mutex<ConnectionState>
    private let inbox = Mutex(Inbox())
    private let currentLoad = Atomic<Int>(0)
    private let openFlag = Atomic<Bool>(true)
    private let observer: PostgresObserver?
    private let onLoss: @Sendable (Connection, PostgresError) -> Void

    /// - Parameter onLoss: called once, on any thread, when the connection ends other than by `close()`.
    init(
        id: Int, handle: ConnectionHandle, preparedStatements: Int, observer: PostgresObserver? = nil,
        onLoss: @escaping @Sendable (Connection, PostgresError) -> Void
    ) {
        self.id = id
        host = handle.host
        self.observer = observer
        self.onLoss = onLoss
        state = Mutex(ConnectionState(handle: handle, preparedStatements: preparedStatements))
    }

    /// Flights sent and not answered.
    var load: Int { currentLoad.load(ordering: .relaxed) }

    var isOpen: Bool { openFlag.load(ordering: .relaxed) }

    /// Begins to read. The connection may be in use, or even lost, by now.
    func attach(to reactor: Reactor) {
        state.withLock { state in
            guard let pointer = state.pointer else { return }
            let watch = reactor.watch(PQsocket(pointer), interest: state.interest) { [self] _ in ready() }
            state.watch = watch
            state.reactor = reactor
            inbox.withLock { $0.watch = watch }
        }
    }

    /// Sends the request and waits for its answer. Cancelling the task changes nothing.
    func run(_ request: Request, _ terms: Terms) async -> Answer {
        guard let observer else { return await withUnsafeContinuation { submit(request, $0, terms) } }
        let start = Reactor.now
        let answer = await withUnsafeContinuation { submit(request, $0, terms) }
        observer.answered(Reactor.now &- start, answer.failure)
        return answer
    }

    /// Whether the session is outside any transaction.
    var isOutsideTransaction: Bool { transactionStatus == PQTRANS_IDLE }

    var transactionStatus: PGTransactionStatusType { state.withLock { $0.transactionStatus } }

    /// Ends the connection if the server owes an answer for too long; `now` on the scale of `Reactor.now`.
    func expire(now: UInt64) {
        var ended: ConnectionState.Ended = []
        let loss = state.withLock { state -> PostgresError? in
            guard state.isOverdue(now: now) else { return nil }
            let reason = PostgresError(.timeout, message: "no answer from the server in time")
            ended = state.close(reason, isDeadline: true)
            return reason
        }
        finish(ended, loss)
    }

    /// Ends the connection as if the server had; what is in flight fails as lost.
    func abandon(_ reason: PostgresError) {
        let ended = state.withLock { $0.pointer == nil ? nil : $0.close(reason) }
        if let ended { finish(ended, reason) }
    }

    /// Ends the connection; what is in flight fails as lost.
    func close() {
        let ended = state.withLock { state in
            state.close(PostgresError(.unavailable, message: "the client closed the connection"))
        }
        markClosed()
        finish(ended, nil)
    }

    private func submit(_ request: Request, _ waiter: Waiter, _ terms: Terms) {
        let isOwner = inbox.withLock { inbox in
            guard !inbox.isOwned else {
                inbox.requests.append((request, waiter, terms))
                return false
            }
            inbox.isOwned = true
            return true
        }
        guard isOwner else { return }
        work { state, ended in send(request, waiter, terms, &state, &ended) }
    }

    private func ready() {
        let isOwner = inbox.withLock { inbox in
            guard !inbox.isOwned else {
                inbox.hasInput = true
                // Until the owner has read, the socket would be reported over and over.
                inbox.watch?.update([])
                return false
            }
            inbox.isOwned = true
            return true
        }
        guard isOwner else { return }
        work { state, ended in receive(&state, &ended) }
    }

    func turnEnds() {
        let isOwner = inbox.withLock { inbox in
            guard !inbox.isOwned else {
                inbox.turnHasEnded = true
                return false
            }
            inbox.isOwned = true
            return true
        }
        guard isOwner else { return }
        work { state, ended in endTurn(&state, &ended) }
    }

    private func endTurn(_ state: inout ConnectionState, _ ended: inout ConnectionState.Ended) -> PostgresError? {
        state.isTurnObserved = false
        let failure = state.syncShared()
        if let failure { ended += state.close(failure) }
        return failure
    }

    /// The owner's part: does the first thing, then what has been noted meanwhile, and lets go.
    private func work(_ first: (inout ConnectionState, inout ConnectionState.Ended) -> PostgresError?) {
        var ended: ConnectionState.Ended = []
        var loss = state.withLock { first(&$0, &ended) }
        finish(ended, loss)
        while let (hasInput, turnHasEnded, requests) = takeInbox() {
            ended.removeAll(keepingCapacity: true)
            loss = state.withLock { state in
                var loss = hasInput ? receive(&state, &ended) : nil
                if hasInput { state.watch?.update(state.interest) }
                for (request, waiter, terms) in requests {
                    loss = send(request, waiter, terms, &state, &ended) ?? loss
                }
                if turnHasEnded { loss = endTurn(&state, &ended) ?? loss }
                return loss
            }
            finish(ended, loss)
        }
    }

    /// What was noted; nil when there is nothing, and then the connection is free.
    private func takeInbox() -> (hasInput: Bool, turnHasEnded: Bool, requests: [(Request, Waiter, Terms)])? {
        inbox.withLock { inbox in
            guard inbox.hasInput || inbox.turnHasEnded || !inbox.requests.isEmpty else {
                inbox.isOwned = false
                return nil
            }
            defer {
                inbox.hasInput = false
                inbox.turnHasEnded = false
                inbox.requests.removeAll()
            }
            return (inbox.hasInput, inbox.turnHasEnded, inbox.requests)
        }
    }

    private func receive(_ state: inout ConnectionState, _ ended: inout ConnectionState.Ended) -> PostgresError? {
        let failure = state.receive(&ended)
        if let failure { ended += state.close(failure) }
        currentLoad.store(state.load, ordering: .relaxed)
        return failure
    }

    private func send(
        _ request: Request, _ waiter: Waiter, _ terms: Terms,
        _ state: inout ConnectionState, _ ended: inout ConnectionState.Ended
    ) -> PostgresError? {
        guard state.pointer != nil else {
            ended.append((waiter, .failure(PostgresError(.unavailable, message: "the connection is closed"), .always)))
            return nil
        }
        var failure = state.send(request, waiter, terms)
        if failure == nil, state.needsSync, !state.isTurnObserved {
            if state.reactor?.observeTurnEnd(self) == true {
                state.isTurnObserved = true
            } else {
                failure = state.syncShared()
            }
        }
        if let failure { ended += state.close(failure) }
        currentLoad.store(state.load, ordering: .relaxed)
        return failure
    }

    private func finish(_ ended: ConnectionState.Ended, _ loss: PostgresError?) {
        if let loss {
            markClosed()
            onLoss(self, loss)
        }
        for (waiter, answer) in ended { waiter.resume(returning: answer) }
    }

    private func markClosed() {
        openFlag.store(false, ordering: .relaxed)
        // The watch holds the connection.
        inbox.withLock { $0.watch = nil }
    }
}
