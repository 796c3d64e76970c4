import Postgres

/// Lists of tasks: most urgent first, then by due date (none last), then oldest first.
enum TaskList {
    struct Filter: Sendable {
        var projectID: Int64?
        var statuses: [TaskStatus]?
        /// Any of these.
        var tags: [String]?
        var assignedTo: Int64?
        /// Part of name or description.
        var search: String?
    }

    static func read(_ filter: Filter, _ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<TaskItem>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = ["true"]
        if context.principal.seesAssignedClientsOnly {
            let visible = Visibility.condition(context.principal, clientID: "v.client_id", in: &sql)
            conditions.append("exists (select 1 from projects v where v.id = t.project_id and \(visible))")
        }
        if let projectID = filter.projectID { conditions.append("t.project_id = \(sql.bind(.int(projectID)))") }
        if let statuses = filter.statuses {
            conditions.append("t.status = any (\(sql.bind(.textArray(statuses.map(\.rawValue)))))")
        }
        if let assignedTo = filter.assignedTo { conditions.append("t.assigned_to = \(sql.bind(.int(assignedTo)))") }
        if let tags = filter.tags { conditions.append(TagCondition.task("t", anyOf: tags, in: &sql)) }
        if let search = filter.search {
            conditions.append(TextCondition(text: search).expression(.task, ["name", "description"], in: &sql))
        }
        let condition = conditions.joined(separator: " and ")
        let joined = TaskItem.joinedColumns(zone: context.settings.timezone, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from tasks t where \(condition))",
                page: "select t.* from tasks t where \(condition)",
                order: "t.priority desc, t.due_date asc nulls last, t.created_at, t.id"
            ).statement(sql, page, columns: "\(TaskItem.columns), \(joined)", alias: "t", joins: TaskItem.joins))
        return PageQuery.read(rows, page) { TaskItem($0, offset: 1) }
    }
}
