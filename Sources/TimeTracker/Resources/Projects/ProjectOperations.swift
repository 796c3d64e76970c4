import Postgres

/// What can be done with projects (behaviour.md §4.5).
enum ProjectOperations: ObjectOperations {
    static func create(_ changes: ProjectChanges, _ context: Context, in tx: PostgresTransaction) async throws
        -> Project
    {
        var project = Project()
        let client = try await ObjectStore<Client>.named(changes.clientID.value ?? .none, context, in: tx)
        changes.apply(to: &project, client: client, actor: ID(context.principal.userID))
        return try await ProjectStore.save(project, [.created], context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored project is not the one that the caller knows.
    static func update(
        _ id: ID<Project>, _ changes: ProjectChanges, _ context: Context, if isExpected: Expectation<Project>,
        in tx: PostgresTransaction
    ) async throws -> Project {
        let old = try await ProjectStore.lock(id, context, in: tx)
        try isExpected(old)
        var project = old
        let clientID = changes.clientID.value
        let client =
            if let clientID { try await ObjectStore<Client>.named(clientID, context, in: tx) } else { Client?.none }
        changes.apply(to: &project, client: client, actor: ID(context.principal.userID))
        var actions = [ChangeAction.updated]
        if project.isArchived, !old.isArchived { actions.append(.archived) }
        if !project.isArchived, old.isArchived { actions.append(.unarchived) }
        return try await ProjectStore.save(project, actions, context, in: tx)
    }

    /// Nothing happens to one that is archived already.
    ///
    /// - Parameter isExpected: throws when the stored project is not the one that the caller knows.
    static func remove(
        _ id: ID<Project>, _ context: Context, if isExpected: Expectation<Project>, in tx: PostgresTransaction
    ) async throws {
        var project = try await ProjectStore.lock(id, context, in: tx)
        try isExpected(project)
        guard !project.isArchived else { return }
        project.archive(by: ID(context.principal.userID))
        _ = try await ProjectStore.save(project, [.archived], context, in: tx)
    }
}
