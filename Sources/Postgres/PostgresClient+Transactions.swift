extension PostgresClient {
    /// Leases a connection, runs `body` in a transaction, commits; any error it throws rolls back and is thrown on.
    ///
    /// Besides what `body` throws: `.poolTimeout` and `.unavailable` before it runs, the errors of COMMIT after it, of which
    /// `.connectionLost` leaves open whether the transaction was committed. A connection lost earlier is `.unavailable`.
    public func transaction<T: Sendable>(
        _ body: (PostgresTransaction) async throws -> T
    ) async throws -> T {
        let connection = try await lease()
        let transaction = PostgresTransaction(connection: connection) { [self] lossCode, statements in
            terms(lossCode, statements: statements)
        }
        do {
            let value = try await body(transaction)
            try await transaction.commit()
            await release(connection)
            return value
        } catch {
            transaction.end()
            await release(connection)
            throw error
        }
    }
}
