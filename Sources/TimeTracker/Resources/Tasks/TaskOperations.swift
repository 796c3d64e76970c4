import Postgres

/// What can be done with tasks (behaviour.md §4.8).
enum TaskOperations: ObjectOperations {
    static func create(_ changes: TaskChanges, _ context: Context, in tx: PostgresTransaction) async throws -> TaskItem
    {
        try await TaskStore.checkReferences(changes, context, in: tx)
        var task = TaskItem()
        changes.apply(to: &task, now: Instant(context.now))
        let actions: [ChangeAction] = task.assignedTo == nil ? [.created] : [.created, .assigned]
        return try await TaskStore.save(task, actions, context, in: tx)
    }

    /// - Parameter isExpected: throws when the stored task is not the one that the caller knows.
    static func update(
        _ id: ID<TaskItem>, _ changes: TaskChanges, _ context: Context, if isExpected: Expectation<TaskItem>,
        in tx: PostgresTransaction
    ) async throws -> TaskItem {
        let old = try await TaskStore.lock(id, context, in: tx)
        try isExpected(old)
        try await TaskStore.checkReferences(changes, since: old, context, in: tx)
        var task = old
        changes.apply(to: &task, now: Instant(context.now))
        return try await TaskStore.save(task, task.actions(since: old), since: old, context, in: tx)
    }

    /// Its time entries stay, without a task.
    ///
    /// - Parameter isExpected: throws when the stored task is not the one that the caller knows.
    static func remove(
        _ id: ID<TaskItem>, _ context: Context, if isExpected: Expectation<TaskItem>, in tx: PostgresTransaction
    ) async throws {
        let task = try await TaskStore.lock(id, context, as: "update", in: tx)
        try isExpected(task)
        _ = try await tx.query(Statement("delete from tasks where id = $1", [task.id.parameter]))
        try await context.record([.deleted], task, in: tx)
    }
}
