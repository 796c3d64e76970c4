import Reactor
import Synchronization

/// A client for one database: a few shared connections for pipelined single statements, and a pool of leased ones.
///
/// All methods may be called from any thread. Errors are `PostgresError`s; see `PostgresError.Code` for which may be repeated.
public final class PostgresClient: Sendable {
    enum Phase {
        case new, running, closing, closed
    }

    struct Lane {
        var machine: LaneMachine
        var connection: Connection?
    }

    struct State {
        var phase = Phase.new
        var lanes: [Lane]
        var nextLane = 0
        var laneWaiters: [UInt64: UnsafeContinuation<PostgresError?, Never>] = [:]
        var lastLaneWaiter: UInt64 = 0
        var pool: PoolMachine
        var members: [PoolMachine.ConnectionID: Connection] = [:]
        var leaseWaiters: [PoolMachine.WaiterID: UnsafeContinuation<LeaseResult, Never>] = [:]
        var primaryWatch = PrimaryWatch()
    }

    typealias LeaseResult = Result<Connection, PostgresError>

    let configuration: PostgresConfiguration
    let hosts: Result<HostList, PostgresError>
    let reactor: Reactor
    let observer: PostgresObserver?
    let onEvent: @Sendable (PostgresEvent) -> Void
    let state: Mutex<State>
    let groups = Mutex(Groups())
    let answerTime: UInt64

    /// - Parameter onEvent: called on any thread; must not block.
    public init(
        configuration: PostgresConfiguration, reactor: Reactor, observer: PostgresObserver? = nil,
        onEvent: @escaping @Sendable (PostgresEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.reactor = reactor
        self.observer = observer
        self.onEvent = onEvent
        hosts = Result { () throws(PostgresError) in try HostList(configuration) }
        let backoff = (try? hosts.get())?.backoff ?? Backoff()
        answerTime = (configuration.statementTimeout + .seconds(2)).wholeNanoseconds
        let lane = Lane(machine: LaneMachine(backoff: backoff))
        let lanes = Array(repeating: lane, count: max(configuration.sharedConnections, 1))
        let pool = PoolMachine(limit: configuration.poolSize, backoff: backoff)
        state = Mutex(State(lanes: lanes, pool: pool))
    }

    /// Begins to connect; calls made before the first connection is up wait for it. The reactor must run.
    public func start() {
        let lanes = state.withLock { state -> Int in
            guard state.phase == .new else { return 0 }
            state.phase = .running
            return state.lanes.count
        }
        guard lanes > 0 else { return }
        for lane in 0..<lanes { open(lane: lane) }
        scheduleSweep()
    }

    /// Whether a shared connection is up.
    public var isHealthy: Bool {
        state.withLock { state in state.phase == .running && state.lanes.contains { $0.connection?.isOpen == true } }
    }

    public var statistics: PostgresStatistics {
        state.withLock { state in
            let open = state.lanes.compactMap(\.connection).filter(\.isOpen)
            return PostgresStatistics(
                sharedOpen: open.count,
                sharedInFlight: open.reduce(0) { $0 + $1.load },
                leased: state.pool.leasedCount,
                idle: state.pool.idleCount,
                waiting: state.pool.waitingCount)
        }
    }

    /// Pipelined on one of the shared connections, as a transaction of its own.
    ///
    /// For single statements that never wait for locks: what is sent behind it waits for it.
    /// - Parameter retryable: a read, which is sent once more when the connection is lost before it gave a result.
    public func query(_ statement: Statement, retryable: Bool = true) async throws(PostgresError) -> Rows {
        var isRepeated = false
        while true {
            let connection = try await sharedConnection()
            var terms = terms(.connectionLost, isRead: retryable)
            // A write is alone under its sync, which is its commit. So is what has failed once for another's sake.
            terms.isShared = retryable && !isRepeated
            switch await connection.run(.statement(statement), terms) {
            case .rows(let rows, _):
                return rows
            case .failure(let error, let retry):
                guard !isRepeated, retry == .always || (retry == .reads && retryable) else { throw error }
                isRepeated = true
            }
        }
    }

    /// One statement alone on a leased connection, as a transaction of its own; it may wait for locks or run long.
    public func execute(_ statement: Statement) async throws(PostgresError) -> Rows {
        try await withLease { connection throws(PostgresError) in
            try await connection.run(.statement(statement), self.terms(.connectionLost)).get().rows
        }
    }

    /// All statements in one round trip and one transaction on a leased connection; rows of each in turn.
    ///
    /// Each statement has its own READ COMMITTED snapshot. The first error rolls all back and is thrown.
    /// `.connectionLost` leaves open whether the transaction was committed; repeat only what is idempotent.
    public func atomically(_ statements: [Statement]) async throws(PostgresError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        return try await withLease { connection throws(PostgresError) in
            let terms = self.terms(.connectionLost, statements: statements.count)
            let answer = await connection.run(.batch(opening: .begin, statements, closing: .commit), terms)
            let (first, more) = try answer.get()
            return [first] + more
        }
    }

    func terms(_ lossCode: PostgresError.Code, isRead: Bool = false, statements: Int = 1) -> Connection.Terms {
        let extra = UInt64(max(statements - 1, 0)) &* configuration.statementTimeout.wholeNanoseconds
        return Connection.Terms(
            lossCode: lossCode, isRead: isRead, deadline: Reactor.now &+ answerTime &+ extra)
    }
}

extension Answer {
    func get() throws(PostgresError) -> (rows: Rows, more: [Rows]) {
        switch self {
        case .rows(let rows, let more): return (rows, more)
        case .failure(let error, _): throw error
        }
    }
}
