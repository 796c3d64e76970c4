import Reactor
import Synchronization

extension PostgresClient {
    private enum Choice {
        case connection(Connection)
        case wait
        case refuse(PostgresError)
    }

    static let shuttingDown = PostgresError(.unavailable, message: "the client is shutting down")
    static let unreachable = PostgresError(.unavailable, message: "the database can't be reached")

    /// The open shared connection with the least in flight; waits for one while the first attempt to connect is under way.
    func sharedConnection() async throws(PostgresError) -> Connection {
        while true {
            switch state.withLock({ Self.choose(&$0) }) {
            case .connection(let connection): return connection
            case .refuse(let error): throw error
            case .wait:
                if let error = await waitForLane() { throw error }
            }
        }
    }

    private static func choose(_ state: inout State) -> Choice {
        guard state.phase == .running else { return .refuse(shuttingDown) }
        var best: Connection?
        var leastLoad = Int.max
        // Starting at another lane each time spreads equal loads.
        let count = state.lanes.count
        state.nextLane = state.nextLane + 1 < count ? state.nextLane + 1 : 0
        for offset in 0..<count {
            let place = state.nextLane + offset
            guard let connection = state.lanes[place < count ? place : place - count].connection else { continue }
            let load = connection.load
            guard load < leastLoad, connection.isOpen else { continue }
            best = connection
            leastLoad = load
        }
        if let best { return .connection(best) }
        return state.lanes.allSatisfy(\.machine.isUnreachable) ? .refuse(unreachable) : .wait
    }

    private func waitForLane() async -> PostgresError? {
        await withUnsafeContinuation { continuation in
            let id = state.withLock { state -> UInt64? in
                // A lane may have come up, or given up, since the caller looked.
                guard case .wait = Self.choose(&state) else { return nil }
                state.lastLaneWaiter += 1
                state.laneWaiters[state.lastLaneWaiter] = continuation
                return state.lastLaneWaiter
            }
            guard let id else {
                continuation.resume(returning: nil)
                return
            }
            reactor.schedule(after: configuration.poolWait) { [self] in
                let waiter = state.withLock { $0.laneWaiters.removeValue(forKey: id) }
                waiter?.resume(returning: Self.unreachable)
            }
        }
    }

    func open(lane index: Int) {
        guard state.withLock({ $0.phase == .running }) else { return }
        connect { [self] result in
            switch result {
            case .success(let handle): opened(lane: index, handle)
            case .failure(let error): failed(lane: index, error)
            }
        }
    }

    private func opened(lane index: Int, _ handle: ConnectionHandle) {
        let connection = Connection(
            id: index, handle: handle, preparedStatements: configuration.preparedStatements, observer: observer
        ) { [weak self] connection, error in self?.lost(lane: connection, error) }
        let waiters = state.withLock { state -> [UnsafeContinuation<PostgresError?, Never>]? in
            guard state.phase == .running else { return nil }
            state.lanes[index].machine.opened(now: Reactor.now)
            state.lanes[index].connection = connection
            // What one connection has reached others may try at once.
            state.pool.reached()
            return Self.takeLaneWaiters(&state)
        }
        guard let waiters else {
            connection.close()
            return
        }
        connection.attach(to: reactor)
        onEvent(.connected(.shared))
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    private func failed(lane index: Int, _ error: PostgresError) {
        let (delay, waiters) = state.withLock { state in
            let delay = state.lanes[index].machine.failed(random: .random(in: 0..<1))
            guard case .refuse = Self.choose(&state) else {
                return (delay, [UnsafeContinuation<PostgresError?, Never>]())
            }
            return (delay, Self.takeLaneWaiters(&state))
        }
        onEvent(.connectFailed(.shared, error, nextAttemptIn: delay))
        // With the reason, for whoever waits for this very attempt, such as a command.
        let refusal = PostgresError(.unavailable, message: "\(Self.unreachable.message): \(error.message)")
        for waiter in waiters { waiter.resume(returning: refusal) }
        reactor.schedule(after: delay) { [weak self] in self?.open(lane: index) }
    }

    private func lost(lane connection: Connection, _ error: PostgresError) {
        let delay = state.withLock { state -> Duration in
            state.lanes[connection.id].connection = nil
            return state.lanes[connection.id].machine.lost(now: Reactor.now, random: .random(in: 0..<1))
        }
        onEvent(.lost(.shared, error))
        if error.sqlState == PostgresError.readOnlyState { leave(host: connection.host) }
        reactor.schedule(after: delay) { [weak self] in self?.open(lane: connection.id) }
    }

    static func takeLaneWaiters(_ state: inout State) -> [UnsafeContinuation<PostgresError?, Never>] {
        defer { state.laneWaiters.removeAll() }
        return Array(state.laneWaiters.values)
    }

    func connect(_ completion: @escaping Connector.Completion) {
        switch hosts {
        case .success(let list):
            Connector.connect(list, timeout: configuration.connectTimeout) { result in
                if case .success(let handle) = result { list.served(handle.host) }
                completion(result)
            }
        case .failure(let error):
            completion(.failure(error))
        }
    }
}
