import Postgres

/// Reads and writes clients.
enum ClientStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for a client the user may not see.
    static func find(_ id: Int64, _ context: Context) async throws -> Client {
        try checked(try await context.db.query(select(id, context, lock: "")), id)
    }

    /// By name.
    ///
    /// - Parameter search: part of name, company or email.
    static func list(status: String?, search: String?, _ page: PageRequest, _ context: Context) async throws
        -> (models: some Sequence<Client>, pagination: Pagination)
    {
        var sql = SQL()
        var conditions = [Visibility.condition(context.principal, clientID: "c.id", in: &sql)]
        if let status { conditions.append("c.status = \(sql.bind(.text(status)))") }
        if let search {
            conditions.append(TextCondition(text: search).expression(.client, ["name", "company", "email"], in: &sql))
        }
        let filter = conditions.joined(separator: " and ")
        let rows = try await context.db.query(
            PageQuery(
                total: "(select count(*) from clients c where \(filter))",
                page: "select c.* from clients c where \(filter)",
                order: "c.name, c.id"
            ).statement(sql, page, columns: Client.columns, alias: "c"))
        return PageQuery.read(rows, page) { Client($0, offset: 1) }
    }

    /// Locks the client to the end of the transaction.
    static func lock(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> Client {
        try checked(try await tx.query(select(id, context, lock: " for update of c")), id)
    }

    private static func select(_ id: Int64, _ context: Context, lock: String) -> Statement {
        var sql = SQL("select \(Client.columns), ")
        sql.add(Visibility.condition(context.principal, clientID: "c.id", in: &sql))
        sql.add(" from clients c where c.id = ", .int(id), lock)
        return sql.statement
    }

    private static func checked(_ rows: Rows, _ id: Int64) throws -> Client {
        guard let row = rows.first else { throw APIError.notFound("Client", id) }
        var columns = ColumnReader(row)
        let client = Client(&columns)
        guard columns.bool() else { throw APIError.forbidden("You do not have access to this client") }
        return client
    }

    /// Writes a client, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(_ client: Client, _ action: ChangeAction, _ context: Context, in tx: PostgresTransaction)
        async throws
        -> Client
    {
        let columns: [(String, PostgresValue, String)] = [
            ("name", .text(client.name), "text"), ("description", .init(client.description), "text"),
            ("contact_person", .init(client.contactPerson), "text"), ("email", .init(client.email), "text"),
            ("company", .init(client.company), "text"), ("phone", .init(client.phone), "text"),
            ("address", .init(client.address), "text"),
            ("default_hourly_rate", .hundredths(client.defaultHourlyRate), "numeric"),
            ("status", .text(client.status), "text"),
            ("prepaid_hours_monthly", .hundredths(client.prepaidHoursMonthly), "numeric"),
            ("prepaid_reset_day", .int(client.prepaidResetDay), "int"),
            ("custom_fields", .json(client.customFields), "jsonb"),
        ]
        let statement = RowWriter(table: "clients", columns: columns, id: client.id).statement(
            returning: "id, created_at, updated_at", context)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Client", client.id) }
        var saved = client
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        try await context.record([action], saved, in: tx)
        return saved
    }
}
