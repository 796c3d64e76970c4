import CPostgres
import Reactor
import Synchronization

/// One libpq connection in pipeline mode on the reactor.
///
/// Callers send on their own thread under the lock of `state`; the reactor reads. Continuations are taken out under the lock
/// and resumed after it, so a resumed task can never find the lock held by the thread it runs on.
final class Connection: Sendable {
    typealias Waiter = UnsafeContinuation<Answer, Never>
    typealias Terms = ConnectionMachine<Waiter>.Terms

    let id: Int
    let state: Mutex<ConnectionState>
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
    }

    /// One statement in a flight of its own.
    func run(_ statement: Statement, _ terms: Terms) async -> Answer {
        await withUnsafeContinuation { waiter in
            submit(waiter) { state in state.send(statement, waiter, terms) }
        }
    }

    /// Several statements in one flight; the rows of `opening` and `closing` go to nobody.
    func run(
        opening: Statement?, _ statements: [Statement], closing: Statement?, _ terms: Terms
    ) async -> Answer {
        await withUnsafeContinuation { waiter in
            submit(waiter) { state in
                state.send(opening: opening, statements, closing: closing, waiter, terms)
            }
        }
    }

    /// SQL text of several statements by the simple protocol; nothing else may be in flight.
    func run(script: String, _ terms: Terms) async -> Answer {
        await withUnsafeContinuation { waiter in
            submit(waiter) { state in state.send(script: script, waiter, terms) }
        }
    }

    /// Whether the session is outside any transaction.
    var isOutsideTransaction: Bool {
        state.withLock { $0.transactionStatus == PQTRANS_IDLE }
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

    private func submit(_ waiter: Waiter, _ send: (inout ConnectionState) -> PostgresError?) {
        var ended: ConnectionState.Ended = []
        var isRefused = false
        let loss = state.withLock { state -> PostgresError? in
            guard state.pointer != nil else {
                isRefused = true
                return nil
            }
            let failure = send(&state)
            if let failure { ended = state.close(failure) }
            currentLoad.store(state.load, ordering: .relaxed)
            return failure
        }
        if isRefused {
            waiter.resume(
                returning: .failure(PostgresError(.unavailable, message: "the connection is closed"), .always))
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

    private func settle(_ ended: ConnectionState.Ended, _ loss: PostgresError?) {
        if let loss {
            openFlag.store(false, ordering: .relaxed)
            onLoss(self, loss)
        }
        for (waiter, answer) in ended { waiter.resume(returning: answer) }
    }
}
