import Postgres

/// Tasks by status, as a board shows them: what is to be done in the order of the lists, what is over latest first.
struct TaskBoard: Sendable {
    struct Filter: Sendable {
        var projectID: ID<Project>?
        var assignedTo: ID<User>?
        /// Tasks of nobody.
        var isUnassigned = false
    }

    /// A task as far as its card shows it.
    struct Card: Sendable {
        var id: ID<TaskItem> = .none
        var name = ""
        var status = TaskStatus.todo
        var priority = TaskPriority.medium
        var dueDate: Day?
        var isOverdue = false
        var projectName = ""
        var assignee: String?
        var updatedAt = Instant.none
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

    func card(_ id: ID<TaskItem>) -> Card? {
        columns.values.lazy.compactMap { $0.cards.first { $0.id == id } }.first
    }

    /// One statement.
    static func read(_ filter: Filter, _ context: Context) async throws -> TaskBoard {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        var conditions = [visible]
        if let projectID = filter.projectID {
            conditions.append("t.project_id = \(sql.bind(projectID.parameter))")
        } else {
            conditions.append("p.status <> 'archived'")
        }
        if filter.isUnassigned {
            conditions.append("t.assigned_to is null")
        } else if let assignedTo = filter.assignedTo {
            conditions.append("t.assigned_to = \(sql.bind(assignedTo.parameter))")
        }
        let today = LocalDay.join(zone: sql.bind(.text(context.settings.timezone)))
        let isOver = "t.status in ('done', 'cancelled')"
        sql.add(
            """
            select t.total, \(Card.selected)
            from (
                select t.id, t.name, t.status, t.priority, t.due_date, p.name as project, t.assigned_to,
                       t.updated_at, \(isOver) as is_over, count(*) over (partition by t.status) as total,
                       row_number() over (
                           partition by t.status
                           order by case when \(isOver) then t.updated_at end desc, t.priority desc,
                                    t.due_date nulls last, t.created_at, t.id) as place
                from tasks t join projects p on p.id = t.project_id where \(conditions.joined(separator: " and "))
            ) t left join users u on u.id = t.assigned_to \(today)
            where t.place <= case when t.is_over then \(mostOver) else \(mostOpen) end
            order by t.place
            """)
        var board = TaskBoard()
        for row in try await context.db.query(sql.statement) {
            let card = try Card(row, from: 1)
            board.columns[card.status, default: Column()].count = row.int(0)
            board.columns[card.status, default: Column()].cards.append(card)
        }
        return board
    }
}

extension TaskBoard.Card: RowProjection {
    static let table = "tasks"
    static let alias = "t"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ card: inout TaskBoard.Card) {
        row.column("id", &card.id)
        row.column("name", &card.name)
        row.column("status", &card.status)
        row.column("priority", &card.priority)
        row.column("due_date", &card.dueDate)
        row.computed("coalesce(t.due_date < local.today and not t.is_over, false)", &card.isOverdue)
        row.computed("t.project", &card.projectName)
        row.computed("coalesce(nullif(u.full_name, ''), u.username)", &card.assignee)
        row.column("updated_at", &card.updatedAt)
    }
}

extension TaskOperations {
    /// Moves a task to another status.
    ///
    /// - Parameter seen: when the task was last changed, as far as who moves it knows.
    /// - Throws: ``APIError`` 409 when it has been changed since.
    static func move(
        _ id: ID<TaskItem>, to status: TaskStatus, seen: Instant, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TaskItem {
        var changes = TaskChanges()
        changes.status = .value(status)
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
