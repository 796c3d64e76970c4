import Postgres

/// Reads and changes single entries.
enum TimeEntryStore {
    static func find(_ id: Int64, _ context: Context) async throws -> TimeEntry {
        let statement = Statement(
            """
            select \(TimeEntry.entryColumns), \(TimeEntry.nameColumns) from time_entries e \(TimeEntry.nameJoins)
            where e.id = $1
            """, [.int(id)])
        guard let row = try await context.db.query(statement).first else { throw APIError.notFound("Time entry", id) }
        return try checked(TimeEntry(row), context)
    }

    /// Locks the entry to the end of the transaction.
    static func lock(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> TimeEntry {
        let statement = Statement(
            """
            select \(TimeEntry.entryColumns), \(TimeEntry.nameColumns) from time_entries e \(TimeEntry.nameJoins)
            where e.id = $1 for update of e
            """, [.int(id)])
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("Time entry", id) }
        return try checked(TimeEntry(row), context)
    }

    /// One's own entries with these ids, by their start.
    static func list(_ ids: [Int64], _ context: Context) async throws -> [TimeEntry] {
        try await context.db.query(
            Statement(
                """
                select \(TimeEntry.entryColumns), \(TimeEntry.nameColumns) from time_entries e \(TimeEntry.nameJoins)
                where e.id = any ($1) and e.user_id = $2 order by e.start_time, e.id
                """, [.intArray(ids), .int(context.principal.userID)])
        ).map { TimeEntry($0) }
    }

    /// Non-admins reach their own entries only (behaviour.md §2.6).
    private static func checked(_ entry: TimeEntry, _ context: Context) throws -> TimeEntry {
        guard entry.userID == context.principal.userID || context.principal.isAdmin else {
            throw APIError.forbidden("You do not have access to this time entry")
        }
        return entry
    }

    /// Stores all changeable columns and records what was done; returns the entry with its new `updated_at`.
    static func save(_ entry: TimeEntry, _ actions: [ChangeAction], _ context: Context, in tx: PostgresTransaction)
        async throws -> TimeEntry
    {
        var sql = SQL("update time_entries set ")
        let columns: [(String, PostgresValue, String)] = [
            ("project_id", .init(entry.projectID), "bigint"), ("client_id", .init(entry.clientID), "bigint"),
            ("task_id", .init(entry.taskID), "bigint"), ("start_time", .timestamp(entry.start), "timestamptz"),
            ("end_time", entry.end.map { .timestamp($0) } ?? .null, "timestamptz"),
            ("duration_seconds", .init(entry.durationSeconds), "int"),
            ("break_seconds", .int(entry.breakSeconds), "int"),
            ("paused_at", entry.pausedAt.map { .timestamp($0) } ?? .null, "timestamptz"),
            ("notes", .init(entry.notes), "text"), ("tags", .init(entry.tags), "text"),
            ("billable", .bool(entry.isBillable), "bool"), ("paid", .bool(entry.isPaid), "bool"),
            ("invoice_number", .init(entry.invoiceNumber), "text"),
            ("last_heartbeat_at", .init(timestamp: entry.lastHeartbeatAt), "timestamptz"),
            ("idle_notified_at", .init(timestamp: entry.idleNotifiedAt), "timestamptz"),
        ]
        sql.add(columns.map { "\($0.0) = \(sql.bind($0.1))::\($0.2)" }.joined(separator: ", "))
        sql.add(", updated_at = clock_timestamp() where id = ", .int(entry.id), " returning updated_at")
        guard let row = try await tx.query(sql.statement).first else { throw APIError.notFound("Time entry", entry.id) }
        var saved = entry
        saved.updatedAt = row.timestamp(0)
        try await context.record(actions, saved, in: tx)
        return saved
    }

    /// - Parameter isExpected: throws when the stored entry is not the one that the caller knows.
    /// - Throws: ``APIError`` 404, 403, 400 `timer_active`.
    static func delete(
        _ id: Int64, _ context: Context, if isExpected: Expectation<TimeEntry>, in tx: PostgresTransaction
    ) async throws {
        let entry = try await lock(id, context, in: tx)
        try isExpected(entry)
        if entry.isRunning { throw EntryRules.timerActive }
        _ = try await tx.query(Statement("delete from time_entries where id = $1", [.int(entry.id)]))
        try await context.record([.deleted], entry, in: tx)
    }
}
