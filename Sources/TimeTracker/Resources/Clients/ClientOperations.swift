import Postgres

/// What can be done with clients (behaviour.md §4.2).
enum ClientOperations: ObjectOperations {
    static func create(_ changes: ClientChanges, _ context: Context, in tx: PostgresTransaction) async throws -> Client
    {
        var client = Client.new
        changes.apply(to: &client)
        return try await ClientStore.save(client, .created, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored client is not the one that the caller knows.
    static func update(
        _ id: Int64, _ changes: ClientChanges, _ context: Context, if isExpected: Expectation<Client>,
        in tx: PostgresTransaction
    ) async throws -> Client {
        var client = try await ClientStore.lock(id, context, in: tx)
        try isExpected(client)
        changes.apply(to: &client)
        return try await ClientStore.save(client, .updated, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored client is not the one that the caller knows.
    /// - Throws: ``APIError`` 409 while projects, quotes or time entries refer to it.
    static func remove(
        _ id: Int64, _ context: Context, if isExpected: Expectation<Client>, in tx: PostgresTransaction
    ) async throws {
        let client = try await ClientStore.lock(id, context, in: tx)
        try isExpected(client)
        do throws(PostgresError) {
            _ = try await tx.query(Statement("delete from clients where id = $1", [.int(client.id)]))
        } catch {
            guard error.code == .foreignKeyViolation else { throw error }
            throw APIError.conflict("The client still has projects, quotes or time entries")
        }
        try await context.record([.deleted], client, in: tx)
    }
}
