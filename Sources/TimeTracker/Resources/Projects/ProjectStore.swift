import Postgres

/// Reads and writes projects.
enum ProjectStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for a project the user may not see.
    static func find(_ id: Int64, _ context: Context) async throws -> Project {
        guard context.principal.seesAssignedClientsOnly else {
            return try checked(try await context.db.query(Statement(visibleProject, [.int(id)])), id)
        }
        var sql = SQL("select \(Project.columns), \(Project.joinedColumns)")
        sql.add(", \(Visibility.condition(context.principal, clientID: "p.client_id", in: &sql))")
        sql.add(" from projects p \(Project.joins) where p.id = ", .int(id))
        return try checked(try await context.db.query(sql.statement), id)
    }

    /// For those who see every client; a text of its own address, by which its prepared statement is found.
    private static let visibleProject =
        "select \(Project.columns), \(Project.joinedColumns), true from projects p \(Project.joins) where p.id = $1"

    /// Locks the project to the end of the transaction.
    static func lock(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> Project {
        var sql = SQL("select \(Project.columns), \(Project.joinedColumns)")
        sql.add(", \(Visibility.condition(context.principal, clientID: "p.client_id", in: &sql))")
        sql.add(" from projects p \(Project.joins) where p.id = ", .int(id), " for update of p")
        return try checked(try await tx.query(sql.statement), id)
    }

    private static func checked(_ rows: Rows, _ id: Int64) throws -> Project {
        guard let row = rows.first else { throw APIError.notFound("Project", id) }
        var columns = ColumnReader(row)
        let project = Project(&columns)
        guard columns.bool() else { throw APIError.forbidden("You do not have access to this project") }
        return project
    }

    /// Writes a project, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(_ project: Project, _ actions: [ChangeAction], _ context: Context, in tx: PostgresTransaction)
        async throws
        -> Project
    {
        let columns: [(String, PostgresValue, String)] = [
            ("name", .text(project.name), "text"), ("code", .init(project.code), "text"),
            ("client_id", .int(project.clientID), "bigint"), ("description", .init(project.description), "text"),
            ("billable", .bool(project.isBillable), "bool"),
            ("hourly_rate", .hundredths(project.hourlyRate), "numeric"),
            ("billing_ref", .init(project.billingRef), "text"), ("status", .text(project.status), "text"),
            ("estimated_hours", .init(project.estimatedHours), "float8"),
            ("budget_amount", .hundredths(project.budgetAmount), "numeric"),
            ("budget_threshold_percent", .int(project.budgetThreshold), "int"),
            ("custom_fields", .json(project.customFields), "jsonb"), ("color", .init(project.color), "text"),
            ("archived_at", project.archivedAt.map { .timestamp($0) } ?? .null, "timestamptz"),
            ("archived_by", .init(project.archivedBy), "bigint"),
            ("archived_reason", .init(project.archivedReason), "text"),
        ]
        let statement = RowWriter(table: "projects", columns: columns, id: project.id).statement(
            returning: "id, created_at, updated_at", context)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Project", project.id) }
        var saved = project
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        try await context.record(actions, saved, in: tx)
        return saved
    }
}
