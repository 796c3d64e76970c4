import Postgres

/// Reads users.
enum UserStore {
    struct Filter: Sendable {
        /// Part of user name, full name or email.
        var search: String?
        /// `admin` also finds those whom an assigned role makes administrators.
        var role: Role?
        var isActive: Bool?
    }

    /// What only administrators see of a user, besides the ``User``.
    struct Access: RowProjection {
        var hasPassword = false
        var mustChangePassword = false
        /// Browsers that are signed in.
        var sessions: Int64 = 0
        /// That can be used.
        var tokens: Int64 = 0
        /// Names of assigned clients.
        var clients: [String] = []

        static let table = "users"
        static let alias = "u"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ access: inout Access) {
            row.computed("u.password_hash is not null", &access.hasPassword)
            row.column("password_change_required", &access.mustChangePassword)
            row.computed(
                "(select count(*) from sessions s where s.user_id = u.id and s.expires_at > now())", &access.sessions)
            row.computed(
                """
                (select count(*) from api_tokens t
                 where t.user_id = u.id and t.is_active and (t.expires_at is null or t.expires_at > now()))
                """, &access.tokens)
            row.computed(
                """
                array(select c.name::text from user_clients a join clients c on c.id = a.client_id
                      where a.user_id = u.id order by c.name, c.id)
                """, &access.clients)
        }
    }

    /// Who acts; nil when the account is gone.
    static func actor(_ context: Context) async throws -> User? {
        try await context.db.query(select(context.principal.userID, context)).first.map { try User($0) }
    }

    /// - Parameter query: runs a statement; nil = outside of a transaction.
    /// - Throws: ``APIError`` 404 for an unknown id.
    static func find(
        _ id: ID<User>, _ context: Context, by query: ((Statement) async throws -> Rows)? = nil
    ) async throws -> User {
        let statement = select(id.number, context)
        let rows = if let query { try await query(statement) } else { try await context.db.query(statement) }
        guard let row = rows.first else { throw APIError.notFound("User", id.number) }
        return try User(row)
    }

    /// By name.
    static func list(_ filter: Filter, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<User>, pagination: Pagination)
    {
        var sql = SQL()
        let joins = User.joins(context.settings, in: &sql)
        let source = "users u where \(conditions(filter, in: &sql).joined(separator: " and "))"
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from \(source))", page: "select u.* from \(source)",
                order: "u.username, u.id"
            ).statement(sql, page, columns: User.selected, alias: "u", joins: joins))
        return PageQuery.read(rows, page)
    }

    static func access(to id: ID<User>, _ db: PostgresClient) async throws -> Access {
        let statement = Statement("select \(Access.selected) from users u where u.id = $1", [.int(id.number)])
        guard let row = try await db.query(statement).first else { throw APIError.notFound("User", id.number) }
        return try Access(row)
    }

    /// Active clients, and those that are assigned to the user, which come first.
    ///
    /// - Parameter id: nil = nobody's.
    static func assignableClients(_ id: ID<User>?, most: Int, _ db: PostgresClient) async throws
        -> [(id: Int64, name: String, isAssigned: Bool)]
    {
        let statement = Statement(
            """
            select c.id, c.name, a.client_id is not null from clients c
            left join user_clients a on a.client_id = c.id and a.user_id = $1
            where c.status = 'active' or a.client_id is not null
            order by a.client_id is null, c.name, c.id limit $2
            """, [.int(id?.number ?? 0), .int(Int64(most))])
        return try await db.query(statement).map { ($0.int(0), $0.string(1), $0.bool(2)) }
    }

    private static func conditions(_ filter: Filter, in sql: inout SQL) -> [String] {
        var conditions = ["true"]
        if let isActive = filter.isActive { conditions.append(isActive ? "u.is_active" : "not u.is_active") }
        if let role = filter.role {
            let isAdmin = Roles.isAdmin("u")
            conditions.append(
                role == .admin ? isAdmin : "u.role = \(sql.bind(.text(role.rawValue))) and not \(isAdmin)")
        }
        if let search = filter.search {
            let pattern = sql.bind(.text("%\(LikePattern.escape(search))%"))
            conditions.append(
                "(u.username ilike \(pattern) or u.full_name ilike \(pattern) or u.email ilike \(pattern))")
        }
        return conditions
    }

    private static func select(_ id: Int64, _ context: Context) -> Statement {
        var sql = SQL()
        let joins = User.joins(context.settings, in: &sql)
        sql.add("select \(User.selected) from users u \(joins) where u.id = ", .int(id))
        return sql.statement
    }
}
