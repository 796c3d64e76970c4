import Postgres

/// Reads and changes single entries.
enum TimeEntryStore {
    private static let select = "select \(TimeEntry.selected) from time_entries e \(TimeEntry.joins)"

    static func find(_ id: ID<TimeEntry>, _ context: Context) async throws -> TimeEntry {
        try checked(try await context.db.query(Statement(select + " where e.id = $1", [id.parameter])), id, context)
    }

    /// Locks the entry to the end of the transaction.
    static func lock(_ id: ID<TimeEntry>, _ context: Context, in tx: PostgresTransaction) async throws -> TimeEntry {
        let statement = Statement(select + " where e.id = $1 for update of e", [id.parameter])
        return try checked(try await tx.query(statement), id, context)
    }

    /// One's own entries with these ids, by their start.
    static func list(_ ids: [Int64], _ context: Context) async throws -> [TimeEntry] {
        let statement = Statement(
            select + " where e.id = any ($1) and e.user_id = $2 order by e.start_time, e.id",
            [.intArray(ids), .int(context.principal.userID)])
        return try await ModelRows(context.db.query(statement)).all()
    }

    /// Non-admins reach their own entries only (behaviour.md §2.6).
    private static func checked(_ rows: Rows, _ id: ID<TimeEntry>, _ context: Context) throws -> TimeEntry {
        guard let row = rows.first else { throw APIError.notFound("Time entry", id.number) }
        let entry = try TimeEntry(row)
        guard entry.userID.number == context.principal.userID || context.principal.isAdmin else {
            throw APIError.forbidden("You do not have access to this time entry")
        }
        return entry
    }

    /// Stores all changeable columns and records what was done; returns the entry with its new `updated_at`.
    static func save(_ entry: TimeEntry, _ actions: [ChangeAction], _ context: Context, in tx: PostgresTransaction)
        async throws -> TimeEntry
    {
        guard let row = try await tx.query(entry.writing()).first else {
            throw APIError.notFound("Time entry", entry.id.number)
        }
        var saved = entry
        try saved.reread(row)
        try await context.record(actions, saved, in: tx)
        return saved
    }

    /// - Parameter isExpected: throws when the stored entry is not the one that the caller knows.
    /// - Throws: ``APIError`` 404, 403, 400 `timer_active`.
    static func delete(
        _ id: ID<TimeEntry>, _ context: Context, if isExpected: Expectation<TimeEntry>, in tx: PostgresTransaction
    ) async throws {
        let entry = try await lock(id, context, in: tx)
        try isExpected(entry)
        if entry.isRunning { throw EntryRules.timerActive }
        _ = try await tx.query(Statement("delete from time_entries where id = $1", [entry.id.parameter]))
        try await context.record([.deleted], entry, in: tx)
    }
}
