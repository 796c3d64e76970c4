import Postgres

/// Reads and writes tasks.
enum TaskStore {
    static func find(_ id: ID<TaskItem>, _ context: Context) async throws -> TaskItem {
        try checked(try await context.db.query(select(id, context)), id)
    }

    /// Locks the task to the end of the transaction; time can be booked on it meanwhile, unless it is to be deleted.
    ///
    /// - Parameter strength: PostgreSQL's (manual, 13.3.2).
    static func lock(
        _ id: ID<TaskItem>, _ context: Context, as strength: String = "no key update", in tx: PostgresTransaction
    ) async throws -> TaskItem {
        try checked(try await tx.query(select(id, context, lock: " for \(strength) of t")), id)
    }

    private static func select(_ id: ID<TaskItem>, _ context: Context, lock: String = "") -> Statement {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        let joins = TaskItem.joins(zone: context.settings.timezone, in: &sql)
        sql.add("select \(visible), \(TaskItem.selected) from tasks t \(joins) where t.id = ", id.parameter, lock)
        return sql.statement
    }

    private static func checked(_ rows: Rows, _ id: ID<TaskItem>) throws -> TaskItem {
        guard let row = rows.first else { throw APIError.notFound("Task", id.number) }
        let task = try TaskItem(row, from: 1)
        guard try row.scalar(0) else { throw APIError.forbidden("You do not have access to this task") }
        return task
    }

    /// Project and assignee that a body names have to exist; all bad ones are reported together.
    ///
    /// - Parameter old: the task before the change: an assignee who has become inactive since may stay.
    static func checkReferences(
        _ changes: TaskChanges, since old: TaskItem? = nil, _ context: Context, in tx: PostgresTransaction
    ) async throws {
        var sql = SQL("select ")
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        sql.add(
            "exists (select 1 from projects p where p.id = ", changes.projectID.value.parameter,
            "::bigint and \(visible)), ")
        sql.add(
            "exists (select 1 from users u where u.id = ", changes.assigneeID.value.parameter,
            "::bigint and u.is_active)")
        guard let row = try await tx.query(sql.statement).first else { return }
        var errors = ValidationErrors()
        if changes.projectID.value != nil, !row.bool(0) { errors.add("project_id", "Project not found") }
        if changes.assigneeID.value != nil, changes.assigneeID.value != old?.assignedTo, !row.bool(1) {
            errors.add("assignee_id", "assignee_id must name an active user")
        }
        try errors.throwIfAny()
    }

    /// Writes a task, new (`id` 0) or changed, and records what was done; returns it as stored.
    ///
    /// - Parameter old: the task before the change, if there was one.
    static func save(
        _ task: TaskItem, _ actions: [ChangeAction], since old: TaskItem? = nil, _ context: Context,
        in tx: PostgresTransaction
    ) async throws -> TaskItem {
        guard let row = try await tx.query(task.writing(by: context)).first else {
            throw APIError.notFound("Task", task.id.number)
        }
        var saved = task
        try saved.reread(row)
        saved = try checked(try await tx.query(select(saved.id, context)), saved.id)
        try await context.record(actions, saved, in: tx) { json in
            guard let old, old.status != saved.status else { return }
            json.key("previous_status")
            json.value(old.status.rawValue)
        }
        return saved
    }
}
