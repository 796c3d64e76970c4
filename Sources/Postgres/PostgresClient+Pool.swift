import Reactor
import Synchronization

extension PostgresClient {
    static let poolTimeout = PostgresError(.poolTimeout, message: "no database connection became free in time")
    static let cancelled = PostgresError(.cancelled, message: "cancelled while waiting for a database connection")

    /// Runs `body` with a connection of its own, outside any transaction; a transaction left open is rolled back.
    func withLease<Value: Sendable>(
        _ body: (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let connection = if let idle = leaseIdle() { idle } else { try await lease() }
        do {
            let value = try await body(connection)
            if !releaseNow(connection) { await release(connection) }
            return value
        } catch {
            if !releaseNow(connection) { await release(connection) }
            throw error
        }
    }

    /// First come, first served; throws `.poolTimeout`, `.unavailable` or `.cancelled`.
    func lease() async throws(PostgresError) -> Connection {
        while true {
            if let idle = leaseIdle() { return idle }
            let connection = try await observedWait().get()
            if connection.isOpen { return connection }
            giveBack(connection, isUsable: false)
        }
    }

    /// A connection that nobody has to be waited for; nil when there is none.
    private func leaseIdle() -> Connection? {
        while true {
            let idle = state.withLock { state in
                state.phase == .running ? state.pool.acquireIdle().flatMap { state.members[$0] } : nil
            }
            guard let idle, !idle.isOpen else { return idle }
            giveBack(idle, isUsable: false)
        }
    }

    /// Ends a lease that ends as most do: outside any transaction.
    ///
    /// - Returns: false when there is something to roll back, which ``release(_:)`` does.
    private func releaseNow(_ connection: Connection) -> Bool {
        let isUsable = connection.isOpen
        guard !isUsable || connection.isOutsideTransaction else { return false }
        giveBack(connection, isUsable: isUsable)
        return true
    }

    /// Ends a lease. The connection is kept if it is, or can be brought, outside any transaction.
    func release(_ connection: Connection) async {
        if connection.isOpen && !connection.isOutsideTransaction {
            _ = await connection.run(.statement(.rollback), terms(.unavailable))
        }
        giveBack(connection, isUsable: connection.isOpen && connection.isOutsideTransaction)
    }

    private func giveBack(_ connection: Connection, isUsable: Bool) {
        let freed = state.withLock { state in
            if !isUsable { state.members[connection.id] = nil }
            return state.pool.release(connection.id, isUsable: isUsable, now: Reactor.now)
        }
        if !isUsable { connection.close() }
        perform(freed)
    }

    private func perform(_ freed: PoolMachine.Freed) {
        switch freed {
        case .none: break
        case .open(let id): open(member: id)
        case .close(let id): state.withLock { $0.members.removeValue(forKey: id) }?.close()
        case .refuse(let waiters): refuse(waiters, Self.unreachable)
        case .lease(let id, let waiter):
            let (connection, continuation) = state.withLock { state in
                (state.members[id], state.leaseWaiters.removeValue(forKey: waiter))
            }
            continuation?.resume(returning: connection.map { .success($0) } ?? .failure(Self.unreachable))
        }
    }

    func refuse(_ waiters: [PoolMachine.WaiterID], _ error: PostgresError) {
        let continuations = state.withLock { state in
            waiters.compactMap { state.leaseWaiters.removeValue(forKey: $0) }
        }
        for continuation in continuations { continuation.resume(returning: .failure(error)) }
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

// MARK: - Waiting

extension PostgresClient {
    /// The place in the queue, for a cancellation that may come before there is one.
    private final class Ticket: Sendable {
        let waiter = Atomic<PoolMachine.WaiterID>(0)
    }

    private func observedWait() async -> LeaseResult {
        let start = Reactor.now
        let result = await waitForLease()
        observer?.waited(Reactor.now &- start, result.failure)
        return result
    }

    private func waitForLease() async -> LeaseResult {
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                queue(continuation, ticket)
                // A cancellation before this moment found no place to give up.
                if Task.isCancelled { leave(ticket, Self.cancelled) }
            }
        } onCancel: {
            leave(ticket, Self.cancelled)
        }
    }

    private func queue(_ continuation: UnsafeContinuation<LeaseResult, Never>, _ ticket: Ticket) {
        let (immediate, opening) = state.withLock { state -> (LeaseResult?, PoolMachine.ConnectionID?) in
            guard state.phase == .running else { return (.failure(Self.shuttingDown), nil) }
            switch state.pool.acquire(now: Reactor.now) {
            case .refused:
                return (.failure(Self.unreachable), nil)
            case .lease(let id):
                return (state.members[id].map { .success($0) } ?? .failure(Self.unreachable), nil)
            case .wait(let waiter, let opening):
                state.leaseWaiters[waiter] = continuation
                ticket.waiter.store(waiter, ordering: .sequentiallyConsistent)
                return (nil, opening)
            }
        }
        if let opening { open(member: opening) }
        if let immediate {
            continuation.resume(returning: immediate)
        } else {
            reactor.schedule(after: configuration.poolWait) { [weak self] in self?.leave(ticket, Self.poolTimeout) }
        }
    }

    private func leave(_ ticket: Ticket, _ error: PostgresError) {
        let waiter = ticket.waiter.load(ordering: .sequentiallyConsistent)
        let waiting = state.withLock { state in
            state.pool.cancel(waiter) ? state.pool.waitingCount + 1 : 0
        }
        guard waiting > 0 else { return }
        if error.code == .poolTimeout { onEvent(.poolExhausted(waiting: waiting)) }
        refuse([waiter], error)
    }
}

// MARK: - Members

extension PostgresClient {
    private func open(member id: PoolMachine.ConnectionID) {
        connect { [self] result in
            switch result {
            case .success(let handle): opened(member: id, handle)
            case .failure(let error): failed(member: id, error)
            }
        }
    }

    private func opened(member id: PoolMachine.ConnectionID, _ handle: ConnectionHandle) {
        let connection = Connection(
            id: id, handle: handle, preparedStatements: configuration.preparedStatements, observer: observer
        ) { [weak self] connection, error in self?.lost(member: connection, error) }
        let freed = state.withLock { state in
            state.members[id] = connection
            return state.pool.opened(id)
        }
        connection.attach(to: reactor)
        onEvent(.connected(.leased))
        perform(freed)
    }

    private func failed(member id: PoolMachine.ConnectionID, _ error: PostgresError) {
        let (freed, delay) = state.withLock { state in
            state.pool.openFailed(id, now: Reactor.now, random: .random(in: 0..<1))
        }
        onEvent(.connectFailed(.leased, error, nextAttemptIn: delay))
        perform(freed)
    }

    /// A leased connection stays a member until its lease ends.
    private func lost(member connection: Connection, _ error: PostgresError) {
        state.withLock { state in
            if state.pool.lost(connection.id) { state.members[connection.id] = nil }
        }
        onEvent(.lost(.leased, error))
        if error.sqlState == PostgresError.readOnlyState { leave(host: connection.host) }
    }
}
