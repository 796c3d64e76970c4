import Reactor
import Synchronization

extension PostgresClient {
    /// Refuses new calls, lets those under way finish for at most `limit`, and closes all connections.
    ///
    /// The reactor must still run; a second call returns at once.
    public func shutdown(within limit: Duration = .seconds(10)) async {
        let begun = state.withLock { state in
            guard state.phase == .running || state.phase == .new else { return false }
            state.phase = .closing
            return true
        }
        guard begun else { return }
        refuseEverybodyWaiting()
        let deadline = Reactor.now &+ limit.wholeNanoseconds
        while !isQuiet && Reactor.now < deadline { await pause(.milliseconds(5)) }
        let connections = state.withLock { state in
            state.phase = .closed
            let connections = state.lanes.compactMap(\.connection) + state.members.values
            for index in state.lanes.indices { state.lanes[index].connection = nil }
            state.members.removeAll()
            return connections
        }
        for connection in connections { connection.close() }
    }

    private func refuseEverybodyWaiting() {
        let (waiters, laneWaiters) = state.withLock { state in
            (state.pool.close().waiters, Self.takeLaneWaiters(&state))
        }
        refuse(waiters, Self.shuttingDown)
        for waiter in laneWaiters { waiter.resume(returning: Self.shuttingDown) }
    }

    private var isQuiet: Bool {
        state.withLock { state in
            state.pool.leasedCount == 0 && state.lanes.allSatisfy { ($0.connection?.load ?? 0) == 0 }
        }
    }

    private func pause(_ delay: Duration) async {
        await withUnsafeContinuation { continuation in
            _ = reactor.schedule(after: delay) { continuation.resume() }
        }
    }

    /// Twice a second, ends connections whose server owes an answer for too long.
    func scheduleSweep() {
        reactor.schedule(after: .milliseconds(500)) { [weak self] in
            guard let self else { return }
            let connections = state.withLock { state in
                state.phase == .closed ? nil : state.lanes.compactMap(\.connection) + state.members.values
            }
            guard let connections else { return }
            let now = Reactor.now
            for connection in connections { connection.expire(now: now) }
            watchPrimary(now: now)
            scheduleSweep()
        }
    }
}
