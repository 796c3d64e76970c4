import Postgres

/// Lists of tasks: most urgent first, then by due date (none last), then oldest first.
enum TaskList {
    struct Filter: Sendable {
        var projectID: ID<Project>?
        var statuses: [TaskStatus]?
        /// Any of these.
        var tags: [String]?
        var assignedTo: ID<User>?
        /// Part of name or description.
        var search: String?
    }

    static func read(_ filter: Filter, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<TaskItem>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = ["true"]
        if context.principal.seesAssignedClientsOnly {
            let visible = Visibility.condition(context.principal, clientID: "v.client_id", in: &sql)
            conditions.append("exists (select 1 from projects v where v.id = t.project_id and \(visible))")
        }
        if let projectID = filter.projectID { conditions.append("t.project_id = \(sql.bind(projectID.parameter))") }
        if let statuses = filter.statuses {
            conditions.append("t.status = any (\(sql.bind(.textArray(statuses.map(\.rawValue)))))")
        }
        if let assignedTo = filter.assignedTo { conditions.append("t.assigned_to = \(sql.bind(assignedTo.parameter))") }
        if let tags = filter.tags { conditions.append(TagCondition.task("t", anyOf: tags, in: &sql)) }
        if let search = filter.search {
            conditions.append(TextCondition(text: search).expression(.task, ["name", "description"], in: &sql))
        }
        let condition = conditions.joined(separator: " and ")
        let joins = TaskItem.joins(zone: context.settings.timezone, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from tasks t where \(condition))",
                page: "select t.* from tasks t where \(condition)",
                order: "t.priority desc, t.due_date asc nulls last, t.created_at, t.id"
            ).statement(sql, page, columns: TaskItem.selected, alias: "t", joins: joins))
        return PageQuery.read(rows, page)
    }
}
