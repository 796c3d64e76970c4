import Postgres

extension TimerOperations {
    /// Ends a running timer without booking anything.
    ///
    /// - Parameter entryID: the timer meant; nil = the last one.
    /// - Throws: ``APIError`` 400 `no_active_timer`.
    static func discard(_ entryID: Int64?, _ context: Context, in tx: PostgresTransaction) async throws {
        let timer = try await TimerLookup.lock(of: context.principal.userID, entryID: entryID, in: tx)
        _ = try await tx.query(Statement("delete from time_entries where id = $1", [timer.id.parameter]))
        try await context.record([.deleted], timer, in: tx)
    }
}
