import Postgres

/// Reads users.
enum UserStore {
    /// Who acts; nil when the account is gone.
    static func actor(_ context: Context) async throws -> User? {
        var sql = SQL()
        let joins = User.joins(context.settings, in: &sql)
        sql.add("select \(User.selected) from users u \(joins) where u.id = ", .int(context.principal.userID))
        return try await context.db.query(sql.statement).first.map { try User($0) }
    }

    /// By name.
    static func listActive(_ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<User>, pagination: Pagination)
    {
        var sql = SQL()
        let joins = User.joins(context.settings, in: &sql)
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from users u where u.is_active)",
                page: "select u.* from users u where u.is_active",
                order: "u.username, u.id"
            ).statement(sql, page, columns: User.selected, alias: "u", joins: joins))
        return PageQuery.read(rows, page)
    }
}
