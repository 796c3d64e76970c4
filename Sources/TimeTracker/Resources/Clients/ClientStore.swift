import Postgres

/// Reads and writes clients.
enum ClientStore {
    /// - Throws: ``APIError`` 404 for an unknown id, 403 for a client the user may not see.
    static func find(_ call: Call) async throws -> Client {
        try checked(try await call.db.query(select(call, lock: "")), call)
    }

    /// Locks the client to the end of the transaction.
    static func lock(_ call: Call, in tx: PostgresTransaction) async throws -> Client {
        try checked(try await tx.query(select(call, lock: " for update of c")), call)
    }

    private static func select(_ call: Call, lock: String) -> Statement {
        var sql = SQL("select \(Client.columns), ")
        sql.add(Visibility.condition(call.principal, clientID: "c.id", in: &sql))
        sql.add(" from clients c where c.id = ", .int(call.pathID), lock)
        return sql.statement
    }

    private static func checked(_ rows: Rows, _ call: Call) throws -> Client {
        guard let row = rows.first else { throw APIError.notFound("Client", call.pathID) }
        guard row.bool(17) else { throw APIError.forbidden("You do not have access to this client") }
        return Client(row)
    }

    /// Writes a client, new (`id` 0) or changed, and records what was done; returns it as stored.
    static func save(_ client: Client, _ action: ChangeAction, _ call: Call, in tx: PostgresTransaction) async throws
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
            returning: "id, created_at, updated_at", call)
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Client", client.id) }
        var saved = client
        saved.id = row.int(0)
        saved.createdAt = row.timestamp(1)
        saved.updatedAt = row.timestamp(2)
        try await call.record([action], saved, in: tx)
        return saved
    }
}
