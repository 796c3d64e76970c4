import CPostgres
import Reactor
import Synchronization

/// One libpq connection in pipeline mode on the reactor.
///
/// Callers send on their own thread under the lock of `state`; the reactor reads under it. A caller never waits for that
/// lock: when it is taken, the request goes to the inbox, and whoever holds the lock sends it after letting go.
/// Continuations are taken out under the lock and resumed after it.
final class Connection: Sendable {
    typealias Waiter = UnsafeContinuation<Answer, Never>
    typealias Terms = ConnectionMachine<Waiter>.Terms

    let id: Int
    private let state: Mutex<ConnectionState>
    private let inbox = Mutex<[(Request, Waiter, Terms)]>([])
    private let isInboxFilled = Atomic<Bool>(false)
    private let currentLoad = Atomic<Int>(0)
    private let openFlag = Atomic<Bool>(true)
    private let onLoss: @Sendable (Connection, PostgresError) -> Void

    /// - Parameter onLoss: called once, on any thread, when the connection ends other than by `close()`.
    init(
        id: Int, handle: ConnectionHandle, preparedStatements: Int,
        onLoss: @escaping @Sendable (Connection, PostgresError) -> Void
    ) {
        self.id = id
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
            state.watch = reactor.watch(PQsocket(pointer), interest: state.interest) { [self] _ in readable() }
        }
        emptyInbox()
    }

    /// Sends the request and waits for its answer. Cancelling the task changes nothing.
    func run(_ request: Request, _ terms: Terms) async -> Answer {
        await withUnsafeContinuation { waiter in submit(request, waiter, terms) }
    }

    /// Whether the session is outside any transaction.
    var isOutsideTransaction: Bool { transactionStatus == PQTRANS_IDLE }

    var transactionStatus: PGTransactionStatusType {
        defer { emptyInbox() }
        return state.withLock { $0.transactionStatus }
    }

    /// Ends the connection if the server owes an answer for too long; `now` on the scale of `Reactor.now`.
    func expire(now: UInt64) {
        var ended: ConnectionState.Ended = []
        let loss = state.withLock { state -> PostgresError? in
            guard state.isOverdue(now: now) else { return nil }
            let reason = PostgresError(.timeout, message: "no answer from the server in time")
            ended = state.close(reason, isDeadline: true)
            return reason
        }
        settle(ended, loss)
    }

    /// Ends the connection; what is in flight fails as lost.
    func close() {
        let ended = state.withLock { state in
            state.close(PostgresError(.unavailable, message: "the client closed the connection"))
        }
        openFlag.store(false, ordering: .relaxed)
        settle(ended, nil)
    }

    private func submit(_ request: Request, _ waiter: Waiter, _ terms: Terms) {
        var ended: ConnectionState.Ended = []
        let outcome = state.withLockIfAvailable { state in
            send(request, waiter, terms, &state, &ended)
        }
        guard let loss = outcome else {
            inbox.withLock { $0.append((request, waiter, terms)) }
            isInboxFilled.store(true, ordering: .sequentiallyConsistent)
            emptyInbox()
            return
        }
        settle(ended, loss)
    }

    private func readable() {
        var ended: ConnectionState.Ended = []
        let loss = state.withLock { state -> PostgresError? in
            let failure = state.receive(&ended)
            if let failure { ended += state.close(failure) }
            currentLoad.store(state.load, ordering: .relaxed)
            return failure
        }
        settle(ended, loss)
    }

    /// Sends what came while the lock was taken, unless it is taken again: then it is that holder's turn to look.
    private func emptyInbox() {
        while isInboxFilled.load(ordering: .sequentiallyConsistent) {
            var ended: ConnectionState.Ended = []
            let outcome = state.withLockIfAvailable { state -> PostgresError? in
                isInboxFilled.store(false, ordering: .sequentiallyConsistent)
                let requests = inbox.withLock { inbox in
                    defer { inbox.removeAll() }
                    return inbox
                }
                var loss: PostgresError?
                for (request, waiter, terms) in requests {
                    loss = send(request, waiter, terms, &state, &ended) ?? loss
                }
                return loss
            }
            guard let loss = outcome else { return }
            finish(ended, loss)
        }
    }

    private func send(
        _ request: Request, _ waiter: Waiter, _ terms: Terms,
        _ state: inout ConnectionState, _ ended: inout ConnectionState.Ended
    ) -> PostgresError? {
        guard state.pointer != nil else {
            ended.append((waiter, .failure(PostgresError(.unavailable, message: "the connection is closed"), .always)))
            return nil
        }
        let failure = state.send(request, waiter, terms)
        if let failure { ended += state.close(failure) }
        currentLoad.store(state.load, ordering: .relaxed)
        return failure
    }

    /// To be called after every use of the lock.
    private func settle(_ ended: ConnectionState.Ended, _ loss: PostgresError?) {
        emptyInbox()
        finish(ended, loss)
    }

    private func finish(_ ended: ConnectionState.Ended, _ loss: PostgresError?) {
        if let loss {
            openFlag.store(false, ordering: .relaxed)
            onLoss(self, loss)
        }
        for (waiter, answer) in ended { waiter.resume(returning: answer) }
    }
}
