import Postgres

/// Lists of projects, by name.
enum ProjectList {
    static func read(status: String?, clientID: Int64?, _ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<Project>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)]
        if let status { conditions.append("p.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("p.client_id = \(sql.bind(.int(clientID)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from projects p where \(filter))",
                page: "select p.* from projects p where \(filter)", order: "p.name, p.id"
            ).statement(
                sql, page, columns: "\(Project.columns), \(Project.joinedColumns)", alias: "p", joins: Project.joins))
        return PageQuery.read(rows, page) { Project($0, offset: 1) }
    }
}
