import Postgres

/// Reads and writes tasks.
enum TaskStore {
    static func find(_ id: Int64, _ context: Context) async throws -> TaskItem {
        try checked(try await context.db.query(select(id, context, lock: "")), id)
    }

    /// Locks the task to the end of the transaction.
    static func lock(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> TaskItem {
        try checked(try await tx.query(select(id, context, lock: " for update of t")), id)
    }

    private static func select(_ id: Int64, _ context: Context, lock: String) -> Statement {
        var sql = SQL()
        let joined = TaskItem.joinedColumns(zone: context.settings.timezone, in: &sql)
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        sql.add("select \(TaskItem.columns), \(joined), \(visible) from tasks t \(TaskItem.joins)")
        sql.add(" where t.id = ", .int(id), lock)
        return sql.statement
    }

    private static func checked(_ rows: Rows, _ id: Int64) throws -> TaskItem {
        guard let row = rows.first else { throw APIError.notFound("Task", id) }
        var columns = ColumnReader(row)
        let task = TaskItem(&columns)
        guard columns.bool() else { throw APIError.forbidden("You do not have access to this task") }
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
            "exists (select 1 from projects p where p.id = ", .init(changes.projectID.value),
            "::bigint and \(visible)), ")
        sql.add(
            "exists (select 1 from users u where u.id = ", .init(changes.assigneeID.value), "::bigint and u.is_active)")
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
        let columns: [(String, PostgresValue, String)] = [
            ("project_id", .int(task.projectID), "bigint"), ("name", .text(task.name), "text"),
            ("description", .init(task.description), "text"), ("status", .text(task.status.rawValue), "text"),
            ("priority", .int(Int64(task.priority.level.rawValue)), "smallint"),
            ("priority_is_number", .bool(task.priority.isNumber), "bool"),
            ("estimated_hours", .init(task.estimatedHours), "float8"),
            ("due_date", task.dueDate.map { .date($0) } ?? .null, "date"),
            ("assigned_to", .init(task.assignedTo), "bigint"),
            ("started_at", task.startedAt.map { .timestamp($0) } ?? .null, "timestamptz"),
            ("completed_at", task.completedAt.map { .timestamp($0) } ?? .null, "timestamptz"),
            ("tags", .init(task.tags), "text"),
        ]
        let statement = RowWriter(table: "tasks", columns: columns, id: task.id).statement(
            returning: "id", context)
        guard let id = try await tx.query(statement).first?.int(0) else { throw APIError.notFound("Task", task.id) }
        let saved = try checked(try await tx.query(select(id, context, lock: "")), id)
        try await context.record(actions, saved, in: tx) { json in
            guard let old, old.status != saved.status else { return }
            json.key("previous_status")
            json.value(old.status.rawValue)
        }
        return saved
    }
}
