import CPostgres
import Synchronization

/// An open transaction on a leased connection; valid inside the body it was handed to.
///
/// BEGIN travels with the first statement. Await each call before the next: a second one at the same time throws `.other`.
public final class PostgresTransaction: Sendable {
    private struct Progress {
        var hasBegun = false
        var isBusy = false
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

    /// Runs SQL text of any number of statements, without parameters: for migration files.
    ///
    /// The session's statement timeout applies; `set local statement_timeout = 0` lifts it. The text must not end the
    /// transaction, and nothing else may be in flight in it. The client waits a day for the answer.
    public func script(_ sql: String) async throws(PostgresError) {
        if try begin() {
            _ = try settle(await connection.run(.statement(.begin), terms(.unavailable, 1)))
            _ = try begin()
        }
        var terms = terms(.unavailable, 1)
        terms.deadline = terms.deadline &+ 86_400_000_000_000
        _ = try settle(await connection.run(.script(sql), terms))
    }

    private func run(_ statements: [Statement]) async throws(PostgresError) -> (rows: Rows, more: [Rows]) {
        let isFirst = try begin()
        let terms = terms(.unavailable, statements.count)
        let batch = Request.batch(opening: isFirst ? .begin : nil, statements, closing: nil)
        return try settle(await connection.run(batch, terms))
    }

    /// Whether BEGIN is still to be sent. Every success must be followed by `settle`.
    private func begin() throws(PostgresError) -> Bool {
        let (isFirst, refusal) = progress.withLock { progress -> (Bool, String?) in
            if progress.isOver { return (false, "the transaction is over") }
            if progress.isBusy { return (false, "the transaction is busy with another call") }
            progress.isBusy = true
            defer { progress.hasBegun = true }
            return (!progress.hasBegun, nil)
        }
        if let refusal { throw PostgresError(.other, message: refusal) }
        return isFirst
    }

    private func settle(_ answer: Answer) throws(PostgresError) -> (rows: Rows, more: [Rows]) {
        do {
            let rows = try answer.get()
            progress.withLock { $0.isBusy = false }
            return rows
        } catch {
            progress.withLock { progress in
                progress.isBusy = false
                progress.firstError = progress.firstError ?? error
            }
            throw error
        }
    }

    /// Commits; throws `.connectionLost` when the outcome is unknown.
    func commit() async throws(PostgresError) {
        let (hasBegun, error) = end()
        guard hasBegun else { return }
        // A body may swallow an error; COMMIT would then quietly roll back.
        if let error, connection.transactionStatus != PQTRANS_INTRANS { throw error }
        _ = try await connection.run(.statement(.commit), terms(.connectionLost, 1)).get()
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
