import Postgres

/// Reads users.
enum UserStore {
    /// Who acts; nil when the account is gone.
    static func actor(_ context: Context) async throws -> User? {
        var sql = SQL()
        let columns = User.columns(context.settings, in: &sql)
        sql.add("select \(columns) from users u where u.id = ", .int(context.principal.userID))
        return try await context.db.query(sql.statement).first.map { User($0) }
    }

    /// By name.
    static func listActive(_ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<User>, pagination: Pagination)
    {
        var sql = SQL()
        let columns = User.columns(context.settings, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from users u where u.is_active)",
                page: "select u.* from users u where u.is_active",
                order: "u.username, u.id"
            ).statement(sql, page, columns: columns, alias: "u"))
        return PageQuery.read(rows, page) { User($0, offset: 1) }
    }
}
