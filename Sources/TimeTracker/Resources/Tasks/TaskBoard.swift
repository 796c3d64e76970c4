import Postgres

/// Tasks by status, as a board shows them: what is to be done in the order of the lists, what is over latest first.
struct TaskBoard: Sendable {
    struct Filter: Sendable {
        var projectID: Int64?
        var assignedTo: Int64?
        /// Tasks of nobody.
        var isUnassigned = false
    }

    /// A task as far as its card shows it.
    struct Card: Sendable {
        let id: Int64
        let name: String
        let status: TaskStatus
        let priority: TaskPriority
        /// Days since 2000-01-01.
        let dueDate: Int32?
        let isOverdue: Bool
        let projectID: Int64
        let projectName: String
        let assignee: String?
        let updatedAt: Int64
    }

    struct Column: Sendable {
        var cards: [Card] = []
        /// How many tasks have the status, shown or not.
        var count: Int64 = 0
    }

    /// Cards of a column of work that is open, and of one that is over.
    static let mostOpen = 100
    static let mostOver = 20

    private(set) var columns: [TaskStatus: Column] = [:]

    func column(_ status: TaskStatus) -> Column { columns[status] ?? Column() }

    func card(_ id: Int64) -> Card? {
        columns.values.lazy.compactMap { $0.cards.first { $0.id == id } }.first
    }

    /// One statement.
    static func read(_ filter: Filter, _ context: Context) async throws -> TaskBoard {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        var conditions = [visible]
        if let projectID = filter.projectID {
            conditions.append("t.project_id = \(sql.bind(.int(projectID)))")
        } else {
            conditions.append("p.status <> 'archived'")
        }
        if filter.isUnassigned {
            conditions.append("t.assigned_to is null")
        } else if let assignedTo = filter.assignedTo {
            conditions.append("t.assigned_to = \(sql.bind(.int(assignedTo)))")
        }
        let today = LocalDay.today(zone: sql.bind(.text(context.settings.timezone)))
        let isOver = "t.status in ('done', 'cancelled')"
        sql.add(
            """
            select t.id, t.name, t.status, t.priority, t.due_date, t.due_date < \(today) and not t.is_over, t.project_id,
                   t.project, coalesce(nullif(u.full_name, ''), u.username), t.updated_at, t.total
            from (
                select t.id, t.name, t.status, t.priority, t.due_date, t.project_id, p.name as project, t.assigned_to,
                       t.updated_at, \(isOver) as is_over, count(*) over (partition by t.status) as total,
                       row_number() over (
                           partition by t.status
                           order by case when \(isOver) then t.updated_at end desc, t.priority desc,
                                    t.due_date nulls last, t.created_at, t.id) as place
                from tasks t join projects p on p.id = t.project_id where \(conditions.joined(separator: " and "))
            ) t left join users u on u.id = t.assigned_to
            where t.place <= case when t.is_over then \(mostOver) else \(mostOpen) end
            order by t.place
            """)
        var board = TaskBoard()
        for row in try await context.db.query(sql.statement) {
            guard let status = TaskStatus(rawValue: row.string(2)) else { continue }
            board.columns[status, default: Column()].count = row.int(10)
            board.columns[status, default: Column()].cards.append(
                Card(
                    id: row.int(0), name: row.string(1), status: status,
                    priority: TaskPriority(rawValue: Int(row.int(3))) ?? .medium, dueDate: row.dateOrNull(4),
                    isOverdue: row.isNull(5) ? false : row.bool(5), projectID: row.int(6), projectName: row.string(7),
                    assignee: row.stringOrNull(8), updatedAt: row.timestamp(9)))
        }
        return board
    }
}

extension TaskOperations {
    /// Moves a task to another status.
    ///
    /// - Parameter seen: when the task was last changed, as far as who moves it knows.
    /// - Throws: ``APIError`` 409 when it has been changed since.
    static func move(
        _ id: Int64, to status: TaskStatus, seen: Int64, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TaskItem {
        var changes = TaskChanges()
        changes.status = .value(status.rawValue)
        return try await update(
            id, changes, context,
            if: { task in
                guard task.updatedAt == seen else {
                    throw APIError.conflict(
                        "“\(task.name)” has been changed meanwhile and is now \(task.status.displayName). Nothing has been moved."
                    )
                }
            }, in: tx)
    }
}
