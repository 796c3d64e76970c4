import Postgres

/// "The" running timer of a user: the latest start, then the highest id (behaviour.md §5.10).
enum TimerLookup {
    private static let select = """
        select \(TimeEntry.selected) from time_entries e \(TimeEntry.joins)
        where e.user_id = $1 and e.end_time is null and ($2::bigint is null or e.id = $2)
        order by e.start_time desc, e.id desc limit 1
        """

    static func running(of userID: Int64, _ context: Context) async throws -> TimeEntry? {
        try await context.db.query(Statement(select, [.int(userID), .null])).first.map { try TimeEntry($0) }
    }

    /// Locks the timer to the end of the transaction.
    /// - Throws: ``APIError`` 400 `no_active_timer`.
    static func lock(of userID: Int64, entryID: Int64?, in tx: PostgresTransaction) async throws -> TimeEntry {
        let statement = Statement(select + " for update of e", [.int(userID), .init(entryID)])
        guard let row = try await tx.query(statement).first else { throw noActiveTimer }
        return try TimeEntry(row)
    }

    static let noActiveTimer = APIError.rule("no_active_timer", "No timer is running")
}
