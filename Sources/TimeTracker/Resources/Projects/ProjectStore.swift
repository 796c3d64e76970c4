import Postgres

/// Reads and writes projects.
enum ProjectStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for a project the user may not see.
    static func find(_ id: ID<Project>, _ context: Context) async throws -> Project {
        guard context.principal.seesAssignedClientsOnly else {
            return try checked(try await context.db.query(Statement(visibleProject, [id.parameter])), id)
        }
        return try checked(try await context.db.query(select(id, context)), id)
    }

    /// For those who see every client; a text of its own address, by which its prepared statement is found.
    private static let visibleProject =
        "select true, \(Project.selected) from projects p \(Project.joins) where p.id = $1"

    /// Locks the project to the end of the transaction; time can be booked on it meanwhile.
    static func lock(_ id: ID<Project>, _ context: Context, in tx: PostgresTransaction) async throws -> Project {
        try checked(try await tx.query(select(id, context, lock: " for no key update of p")), id)
    }

    private static func select(_ id: ID<Project>, _ context: Context, lock: String = "") -> Statement {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "p.client_id", in: &sql)
        sql.add(
            "select \(visible), \(Project.selected) from projects p \(Project.joins) where p.id = ", id.parameter, lock)
        return sql.statement
    }

    private static func checked(_ rows: Rows, _ id: ID<Project>) throws -> Project {
        guard let row = rows.first else { throw APIError.notFound("Project", id.number) }
        let project = try Project(row, from: 1)
        guard try row.scalar(0) else { throw APIError.forbidden("You do not have access to this project") }
        return project
    }

    /// Writes a project, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(_ project: Project, _ actions: [ChangeAction], _ context: Context, in tx: PostgresTransaction)
        async throws
        -> Project
    {
        guard let row = try await tx.query(project.writing(by: context)).first else {
            throw APIError.notFound("Project", project.id.number)
        }
        var saved = project
        try saved.reread(row)
        try await context.record(actions, saved, in: tx)
        return saved
    }
}
