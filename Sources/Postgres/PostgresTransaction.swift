import CPostgres
import Synchronization

/// An open transaction on a leased connection; valid inside the body it was handed to.
///
/// BEGIN travels with the first statement. Statements of one transaction run one after the other, whoever sends them.
public final class PostgresTransaction: Sendable {
    private struct Progress {
        var hasBegun = false
        var firstError: PostgresError?
        var isOver = false
    }

    private let connection: Connection
    private let terms: @Sendable (_ lossCode: PostgresError.Code, _ statements: Int) -> Connection.Terms
    private let progress = Mutex(Progress())

    init(
        connection: Connection,
        terms: @escaping @Sendable (_ lossCode: PostgresError.Code, _ statements: Int) -> Connection.Terms
    ) {
        self.connection = connection
        self.terms = terms
    }

    /// One statement, one round trip. After an error the transaction can only be rolled back, unless a savepoint saves it.
    public func query(_ statement: Statement) async throws(PostgresError) -> Rows {
        try await run([statement]).rows
    }

    /// All statements in one round trip; the first error skips the rest.
    public func pipeline(_ statements: [Statement]) async throws(PostgresError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        let (first, more) = try await run(statements)
        return [first] + more
    }

    /// SQL text of any number of statements, without parameters: for migration files.
    ///
    /// The session's statement timeout applies; `set local statement_timeout = 0` lifts it. The text must not end the
    /// transaction, and nothing else may be in flight in it. The client waits a day for the answer.
    public func script(_ sql: String) async throws(PostgresError) {
        if try begin() { _ = try settle(await connection.run(.begin, terms(.unavailable, 1))) }
        var terms = terms(.unavailable, 1)
        terms.deadline = terms.deadline &+ 86_400_000_000_000
        _ = try settle(await connection.run(script: sql, terms))
    }

    private func run(_ statements: [Statement]) async throws(PostgresError) -> (rows: Rows, more: [Rows]) {
        let isFirst = try begin()
        let terms = terms(.unavailable, statements.count)
        return try settle(await connection.run(opening: isFirst ? .begin : nil, statements, closing: nil, terms))
    }

    /// Whether BEGIN is still to be sent.
    private func begin() throws(PostgresError) -> Bool {
        let (isFirst, isOver) = progress.withLock { progress in
            defer { progress.hasBegun = true }
            return (!progress.hasBegun, progress.isOver)
        }
        if isOver { throw PostgresError(.other, message: "the transaction is over") }
        return isFirst
    }

    private func settle(_ answer: Answer) throws(PostgresError) -> (rows: Rows, more: [Rows]) {
        do {
            return try answer.get()
        } catch {
            progress.withLock { progress in progress.firstError = progress.firstError ?? error }
            throw error
        }
    }

    /// Commits; throws `.connectionLost` when the outcome is unknown.
    func commit() async throws(PostgresError) {
        let (hasBegun, error) = end()
        guard hasBegun else { return }
        // A body may swallow an error; COMMIT would then quietly roll back.
        if let error, connection.state.withLock({ $0.transactionStatus }) != PQTRANS_INTRANS { throw error }
        _ = try await connection.run(.commit, terms(.connectionLost, 1)).get()
    }

    /// No statement is sent from now on.
    @discardableResult
    func end() -> (hasBegun: Bool, firstError: PostgresError?) {
        progress.withLock { progress in
            progress.isOver = true
            return (progress.hasBegun, progress.firstError)
        }
    }
}
