import CPostgres
import Reactor
import Synchronization

extension PostgresClient {
    static let notPrimary = PostgresError(.unavailable, message: "the server is not the primary any more")
    private static let silent = PostgresError(.unavailable, message: "the server is silent, and another is the primary")
    private static let sign = Statement(
        "select pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool")

    /// To be called twice a second.
    func watchPrimary(now: UInt64) {
        guard case .success(let list) = hosts, list.areSeveral, list.wantsPrimary else { return }
        let (connection, step) = state.withLock { state -> (Connection?, PrimaryWatch.Step) in
            guard let connection = state.lanes.lazy.compactMap(\.connection).first(where: \.isOpen) else {
                state.primaryWatch.answered()
                return (nil, .none)
            }
            return (connection, state.primaryWatch.step(now: now))
        }
        guard let connection else { return }
        switch step {
        case .none: break
        case .ask: ask(connection)
        case .look: look(list, beside: connection.host)
        }
    }

    private func ask(_ connection: Connection) {
        var terms = terms(.unavailable, isRead: true)
        terms.isShared = true
        Task(executorPreference: reactor) { [self, terms] in
            let answer = await connection.run(.statement(Self.sign), terms)
            state.withLock { $0.primaryWatch.answered() }
            if case .rows(let rows, _) = answer, rows.first?.bool(0) == true {
                leave(host: connection.host, Self.notPrimary)
            }
        }
    }

    private func look(_ list: HostList, beside host: Int) {
        let others = list.order.filter { $0 != host }
        let timeout = min(configuration.connectTimeout, .seconds(2))
        Connector.connect(list, order: others, timeout: timeout) { [self] result in
            state.withLock { $0.primaryWatch.looked() }
            guard case .success(let handle) = result else { return }
            PQfinish(handle.pointer)
            list.served(handle.host)
            leave(host: host, Self.silent)
        }
    }

    /// Ends all connections to a host, for others to be opened where the primary is.
    func leave(host: Int, _ reason: PostgresError = notPrimary) {
        if case .success(let list) = hosts { list.left(host) }
        let connections = state.withLock { state in
            (state.lanes.compactMap(\.connection) + state.members.values).filter { $0.host == host }
        }
        for connection in connections { connection.abandon(reason) }
    }
}

extension PostgresClient {
    /// Ends all connections as if the servers had; they are opened anew.
    public func disconnect(_ reason: PostgresError) {
        let connections = state.withLock { state in state.lanes.compactMap(\.connection) + state.members.values }
        for connection in connections { connection.abandon(reason) }
    }
}
