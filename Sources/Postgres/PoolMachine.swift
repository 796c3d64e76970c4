import DequeModule

/// Who may lease which connection; pure.
///
/// Connections are opened when somebody waits, at most `limit`, and stay open. Waiters are served first come, first served.
struct PoolMachine: Sendable {
    typealias ConnectionID = Int
    typealias WaiterID = UInt64

    enum Acquired: Sendable, Equatable {
        case lease(ConnectionID)
        /// In the queue; `opening` is a connection to be opened for it.
        case wait(WaiterID, opening: ConnectionID?)
        case refused
    }

    enum Freed: Sendable, Equatable {
        case none
        case lease(ConnectionID, to: WaiterID)
        /// A connection has gone while somebody waits: open another.
        case open(ConnectionID)
        /// The connection is not wanted any more.
        case close(ConnectionID)
        /// Nobody can be served soon.
        case refuse([WaiterID])
    }

    private let limit: Int
    private var backoff: Backoff
    private var idle: [ConnectionID] = []
    private var leased: Set<ConnectionID> = []
    private var opening: Set<ConnectionID> = []
    private var waiters = Deque<WaiterID>()
    private var lastConnection = 0
    private var lastWaiter: WaiterID = 0
    private var noAttemptBefore: UInt64 = 0
    private var isClosed = false

    init(limit: Int, backoff: Backoff) {
        self.limit = max(limit, 1)
        self.backoff = backoff
    }

    var idleCount: Int { idle.count }
    var leasedCount: Int { leased.count }
    var waitingCount: Int { waiters.count }
    private var total: Int { idle.count + leased.count + opening.count }

    /// Asks for a connection. While the server can't be reached and no connection is in use, refuses at once.
    mutating func acquire(now: UInt64) -> Acquired {
        guard !isClosed else { return .refused }
        if let connection = acquireIdle() { return .lease(connection) }
        let mayOpen = total < limit && opening.count <= waiters.count && now >= noAttemptBefore
        guard mayOpen || !leased.isEmpty || !opening.isEmpty else { return .refused }
        lastWaiter += 1
        waiters.append(lastWaiter)
        return .wait(lastWaiter, opening: mayOpen ? open() : nil)
    }

    /// Leases an idle connection, if there is one, without queueing. The one used last is the warmest.
    mutating func acquireIdle() -> ConnectionID? {
        guard let connection = idle.popLast() else { return nil }
        leased.insert(connection)
        return connection
    }

    mutating func opened(_ connection: ConnectionID) -> Freed {
        guard opening.remove(connection) != nil else { return .close(connection) }
        reached()
        return offer(connection)
    }

    /// The server has been reached by other connections: there is no reason to wait any longer.
    mutating func reached() {
        backoff.succeeded()
        noAttemptBefore = 0
    }

    /// - Parameter random: uniform in 0..<1.
    /// - Returns: what to do, and when the next attempt may be made.
    mutating func openFailed(_ connection: ConnectionID, now: UInt64, random: Double) -> (Freed, Duration) {
        opening.remove(connection)
        let delay = backoff.failed(random: random)
        noAttemptBefore = now &+ delay.wholeNanoseconds
        return (leased.isEmpty && opening.isEmpty ? refuseAll() : .none, delay)
    }

    /// The lease has ended. `isUsable` is false for a connection that is lost or in an unknown state.
    mutating func release(_ connection: ConnectionID, isUsable: Bool, now: UInt64) -> Freed {
        guard leased.remove(connection) != nil else { return .none }
        if isUsable { return offer(connection) }
        return replace(now: now)
    }

    /// Removes an idle connection that was lost; false for a leased one, whose release tells.
    mutating func lost(_ connection: ConnectionID) -> Bool {
        guard let index = idle.firstIndex(of: connection) else { return false }
        idle.remove(at: index)
        return true
    }

    /// Takes a waiter out of the queue; false when it was served or refused before.
    mutating func cancel(_ waiter: WaiterID) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// No further leases. Returns the idle connections to close and the waiters to refuse.
    mutating func close() -> (idle: [ConnectionID], waiters: [WaiterID]) {
        isClosed = true
        defer {
            idle.removeAll()
            waiters.removeAll()
        }
        return (idle, Array(waiters))
    }

    private mutating func offer(_ connection: ConnectionID) -> Freed {
        guard !isClosed else { return .close(connection) }
        guard let waiter = waiters.popFirst() else {
            idle.append(connection)
            return .none
        }
        leased.insert(connection)
        return .lease(connection, to: waiter)
    }

    private mutating func replace(now: UInt64) -> Freed {
        guard !isClosed, opening.count < waiters.count, total < limit else { return .none }
        if now >= noAttemptBefore { return .open(open()) }
        return leased.isEmpty && opening.isEmpty ? refuseAll() : .none
    }

    private mutating func refuseAll() -> Freed {
        defer { waiters.removeAll() }
        return waiters.isEmpty ? .none : .refuse(Array(waiters))
    }

    private mutating func open() -> ConnectionID {
        lastConnection += 1
        opening.insert(lastConnection)
        return lastConnection
    }
}
