import Postgres

/// What administrators do with users (behaviour.md §11.3).
enum UserOperations {
    /// - Throws: see ``UserWriter/create(_:in:)``.
    static func create(_ changes: UserChanges, _ context: Context, in tx: PostgresTransaction) async throws -> User {
        let user = try await UserStore.find(
            ID(try await UserWriter.create(changes, in: tx)), context, by: { try await tx.query($0) })
        try await context.record([.created], user, in: tx)
        return user
    }

    /// - Parameter kept: hash of the id of a session that goes on whatever is changed.
    /// - Returns: the user as stored, and hashes of the ids of the sessions that have been ended.
    /// - Throws: see ``UserWriter/update(_:_:keeping:in:)``.
    static func update(
        _ id: ID<User>, _ changes: UserChanges, keeping kept: String?, _ context: Context, in tx: PostgresTransaction
    ) async throws -> (user: User, endedSessions: [String]) {
        let update = try await UserWriter.update(id.number, changes, keeping: kept, in: tx)
        let user = try await UserStore.find(id, context, by: { try await tx.query($0) })
        guard !update.changesNothing else { return (user, []) }
        let change = Change(.updated, user, by: ChangeActor(context.principal), reason: update.summary) { json in
            guard update.before.role != update.after.role else { return }
            json.key("previous_role")
            json.value(update.before.role.rawValue)
        }
        try await context.record([change], in: tx)
        return (user, update.endedSessions)
    }

    /// - Throws: see ``UserWriter/delete(_:in:)``; ``APIError`` 409 for oneself.
    static func delete(_ id: ID<User>, _ context: Context, in tx: PostgresTransaction) async throws {
        guard id.number != context.principal.userID else { throw APIError.conflict("Nobody can delete himself") }
        let user = try await UserStore.find(id, context, by: { try await tx.query($0) })
        try await UserWriter.delete(id.number, in: tx)
        try await context.record([.deleted], user, in: tx)
    }
}

extension User: ChangeSubject {
    static let entityType = EntityType.user
    var entityName: String { username }
    var audience: Audience { .administrators }

    func writeEventData(to json: inout JSONWriter) {
        json.key("role")
        json.value(role.rawValue)
        json.key("is_active")
        json.value(isActive)
    }
}
