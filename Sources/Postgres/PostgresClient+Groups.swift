import Reactor
import Synchronization

/// Group commit: statements of several callers share a transaction. What a commit costs (a place in the log, the wait for the
/// disk, a process that wakes up) is then paid once for all of them, and so is the way there and back.
extension PostgresClient {
    typealias GroupWaiter = UnsafeContinuation<GroupAnswer, Never>

    enum GroupAnswer {
        case rows(Rows)
        case failure(PostgresError)
        /// The group was rolled back, perhaps for another's sake.
        case executeAlone
    }

    struct Groups {
        var machine = GroupMachine<GroupWaiter>()
        var isTurnObserved = false
        var isPatienceTimed = false
    }

    /// How long those who wait put up with the groups under way, which may wait for a lock.
    private static let patience: Duration = .milliseconds(50)

    /// One statement on a leased connection, in a transaction that it may share with others that are sent about now.
    ///
    /// For statements that stand alone and are soon done: all of a group are answered after its commit. When one fails, all are
    /// rolled back, and executed again one by one. `.connectionLost` leaves open whether they were committed.
    public func executeInGroup(_ statement: Statement) async throws(PostgresError) -> Rows {
        let answer = await withUnsafeContinuation { waiter in
            groups.withLock { $0.machine.add(statement, waiter) }
            observeTurn()
        }
        switch answer {
        case .rows(let rows): return rows
        case .failure(let error): throw error
        case .executeAlone: return try await execute(statement)
        }
    }

    /// A group leaves at the end of the turn, with all that the turn brings.
    private func observeTurn() {
        let isFirst = groups.withLock { groups in
            defer { groups.isTurnObserved = true }
            return !groups.isTurnObserved
        }
        guard isFirst else { return }
        let observer = GroupTurn(client: self)
        if !reactor.observeTurnEnd(observer) { observer.turnEnds() }
    }

    fileprivate func turnEnds() {
        groups.withLock { $0.isTurnObserved = false }
        beginGroups()
    }

    private func beginGroups(isLate: Bool = false) {
        var isLate = isLate
        while let members = groups.withLock({ $0.machine.begin(isLate: isLate) }) {
            isLate = false
            Task.immediate(executorPreference: reactor) { [self] in await run(members) }
        }
        losePatienceLater()
    }

    private func losePatienceLater() {
        let mustTime = groups.withLock { groups in
            guard groups.machine.isWaiting, !groups.isPatienceTimed else { return false }
            groups.isPatienceTimed = true
            return true
        }
        guard mustTime else { return }
        reactor.schedule(after: Self.patience) { [self] in
            groups.withLock { $0.isPatienceTimed = false }
            beginGroups(isLate: true)
        }
    }

    private func run(_ members: [GroupMachine<GroupWaiter>.Member]) async {
        let result = await sendGroup(members.map(\.statement))
        let mustGoOn = groups.withLock { groups in
            groups.machine.end()
            return groups.machine.isWaiting
        }
        switch result {
        case .success(let rows):
            for (member, rows) in zip(members, rows) { member.waiter.resume(returning: .rows(rows)) }
        case .failure(let error):
            // Alone it would have failed as well, and of a lost connection nobody knows more.
            let isFinal = members.count == 1 || error.sqlState == nil || error.code == .connectionLost
            for member in members { member.waiter.resume(returning: isFinal ? .failure(error) : .executeAlone) }
        }
        if mustGoOn { observeTurn() }
    }

    /// Without BEGIN, what stands before a sync is one transaction (PostgreSQL manual, 55.2.4).
    private func sendGroup(_ statements: [Statement]) async -> Result<[Rows], PostgresError> {
        do throws(PostgresError) {
            let (first, more) = try await withLease { connection throws(PostgresError) in
                let terms = self.terms(.connectionLost, statements: statements.count)
                return try await connection.run(.batch(opening: nil, statements, closing: nil), terms).get()
            }
            return .success([first] + more)
        } catch {
            return .failure(error)
        }
    }
}

private final class GroupTurn: TurnEndObserver {
    private let client: PostgresClient

    init(client: PostgresClient) { self.client = client }

    func turnEnds() { client.turnEnds() }
}
