import Postgres

/// Lists of projects, by name.
enum ProjectList {
    static func read(status: String?, clientID: ID<Client>?, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<Project>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)]
        if let status { conditions.append("p.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("p.client_id = \(sql.bind(clientID.parameter))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from projects p where \(filter))",
                page: "select p.* from projects p where \(filter)", order: "p.name, p.id"
            ).statement(
                sql, page, columns: Project.selected, alias: "p", joins: Project.joins))
        return PageQuery.read(rows, page)
    }
}
