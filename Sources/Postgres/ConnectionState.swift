import CPostgres
import Reactor

/// Everything of a connection that its lock guards.
struct ConnectionState {
    typealias Machine = ConnectionMachine<Connection.Waiter>
    typealias Ended = [(Connection.Waiter, Answer)]

    /// A script in the simple protocol, for which the connection has left pipeline mode.
    struct Script {
        let waiter: Connection.Waiter
        let terms: Machine.Terms
        var rows: Rows?
        var error: PostgresError?
    }

    var watch: Watch?
    var machine = Machine()
    var script: Script?
    var cache: StatementCache
    var buffer = ParameterBuffer()
    /// Reads have been handed to libpq that a sync has yet to follow.
    var needsSync = false
    /// Calls the connection when its turn ends; nil before the connection is attached.
    var reactor: Reactor?
    var isTurnObserved = false
    private var handle: ConnectionHandle?
    private var isWaitingToWrite = false

    init(handle: ConnectionHandle, preparedStatements: Int) {
        self.handle = handle
        cache = StatementCache(capacity: preparedStatements)
    }

    /// nil once closed.
    var pointer: OpaquePointer? { handle?.pointer }

    var load: Int { machine.load + (script == nil ? 0 : 1) }

    var transactionStatus: PGTransactionStatusType {
        pointer.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN
    }

    func isOverdue(now: UInt64) -> Bool {
        guard handle != nil else { return false }
        if let script { return script.terms.deadline <= now }
        return machine.isOverdue(now: now)
    }

    /// Frees the connection and takes out everybody who waits. Harmless when closed before.
    mutating func close(_ reason: PostgresError, isDeadline: Bool = false) -> Ended {
        watch?.cancel()
        watch = nil
        if let handle { PQfinish(handle.pointer) }
        handle = nil
        var ended = machine.close(reason, isDeadline: isDeadline)
        if let script {
            let error = script.error ?? PostgresError(script.terms.lossCode, message: reason.message)
            ended.append((script.waiter, .failure(error, .never)))
        }
        script = nil
        return ended
    }

    var interest: Interest { isWaitingToWrite ? [.read, .write] : .read }

    /// Writes what the socket takes and has the reactor call again for the rest. False when the connection is broken.
    mutating func flush(_ connection: OpaquePointer) -> Bool {
        let pending = PQflush(connection)
        guard pending >= 0 else { return false }
        let mustWait = pending > 0
        if mustWait != isWaitingToWrite {
            isWaitingToWrite = mustWait
            watch?.update(interest)
        }
        return true
    }

    func brokenConnection(_ connection: OpaquePointer) -> PostgresError {
        PostgresError(.unavailable, message: PostgresError.connectionMessage(connection))
    }
}
