import Postgres

/// Writes a new entry together with its activity rows and, if the request has a key, its receipt: one
/// statement, so a worker that dies leaves all of it or nothing.
struct EntryWriter {
    let entry: TimeEntry
    /// To be kept with it.
    let receipt: Receipt?
    let context: Context
    /// The setting `single_active_timer`, for a running entry.
    let refusesSecondTimer: Bool
    /// The setting `prevent_overlapping_entries`, for a completed entry.
    let refusesOverlap: Bool

    /// - Throws: ``APIError`` 409 or 400 when a rule refused the insert, ``AlreadyDone`` when the key was
    ///   taken; nothing has been written then.
    func insert() async throws {
        let insert = statement()
        let row =
            if refusesSecondTimer || refusesOverlap {
                // Serialised per user; the insert takes its snapshot after the lock, so it sees what a twin committed.
                try await context.change(by: Self.lock(userID: entry.userID), insert).last?.first
            } else {
                try await context.change(by: insert).first?.first
            }
        guard let row else { throw APIError.internalError }
        if row.bool(1) {
            throw EntryRules.timerAlreadyRunning(try await TimerLookup.running(of: entry.userID.number, context))
        }
        if row.bool(2) { throw EntryRules.overlapping }
        if row.int(0) == 0 { throw AlreadyDone() }
        context.forgetFigures(of: entry.userID.number)
    }

    /// Held to the end of the transaction; serialises what depends on a user's other entries.
    static func lock(userID: ID<User>) -> Statement {
        Statement("select pg_advisory_xact_lock(hashtextextended('time_entries', $1))", [userID.parameter])
    }

    private func statement() -> Statement {
        var sql = SQL()
        let running = refusesSecondTimer ? runningCondition(&sql) : "false"
        let overlap = refusesOverlap ? overlapCondition(&sql) : "false"
        let guardClause = refusesSecondTimer || refusesOverlap ? " where not (\(running)) and not (\(overlap))" : ""
        var parts: [String] = []
        if let receipt { parts.append(receiptInsert(receipt, guardClause, &sql)) }
        parts.append(entryInsert(from: receipt == nil ? "" : " from k", guardClause, &sql))
        let actions: [ChangeAction] = entry.isRunning ? [.started, .created] : [.created]
        parts.append(
            ChangeRecord.expressions(
                actions.map { Change($0, entry, by: context.principal) }, if: "exists (select 1 from e)",
                origin: context.origin, in: &sql))
        sql.add("with \(parts.joined(separator: ",\n")) select (select count(*) from e), \(running), \(overlap)")
        return sql.statement
    }

    private func runningCondition(_ sql: inout SQL) -> String {
        let user = sql.bind(entry.userID.parameter)
        return "exists (select 1 from time_entries r where r.user_id = \(user) and r.end_time is null)"
    }

    private func overlapCondition(_ sql: inout SQL) -> String {
        OverlapCondition.expression(
            userID: entry.userID, start: entry.start, end: entry.end ?? entry.start, excluding: nil, in: &sql)
    }

    /// A key older than 24 hours counts as absent and is taken over.
    private func receiptInsert(_ receipt: Receipt, _ guardClause: String, _ sql: inout SQL) -> String {
        let owner = sql.bind(.int(receipt.key.ownerID))
        let operation = sql.bind(.text(receipt.key.operation))
        let hash = sql.bind(.text(receipt.key.hash))
        let status = sql.bind(.int(Int64(receipt.status)))
        let body = sql.bind(.text(receipt.body))
        return """
            k as (
                insert into \(receipt.key.owner.table) as old
                    (\(receipt.key.owner.column), scope, key_hash, response_status, response_body)
                select \(owner), \(operation), \(hash), \(status)::int, \(body)\(guardClause)
                on conflict (\(receipt.key.owner.column), scope, key_hash) do update
                    set response_status = excluded.response_status, response_body = excluded.response_body, created_at = now()
                    where old.created_at <= now() - interval '24 hours'
                returning 1)
            """
    }

    private func entryInsert(from source: String, _ guardClause: String, _ sql: inout SQL) -> String {
        let values: [(PostgresValue, String)] = [
            (entry.id.parameter, "bigint"), (entry.userID.parameter, "bigint"), (entry.projectID.parameter, "bigint"),
            (entry.clientID.parameter, "bigint"), (entry.taskID.parameter, "bigint"),
            (entry.start.parameter, "timestamptz"), (entry.end.parameter, "timestamptz"),
            (.init(entry.durationSeconds), "int"),
            (.int(entry.breakSeconds), "int"), (.init(entry.notes), "text"), (.init(entry.tags), "text"),
            (.text(entry.source), "text"), (.bool(entry.isBillable), "bool"), (.bool(entry.isPaid), "bool"),
            (.init(entry.invoiceNumber), "text"), (entry.createdAt.parameter, "timestamptz"),
            (entry.updatedAt.parameter, "timestamptz"),
        ]
        let list = values.map { "\(sql.bind($0.0))::\($0.1)" }.joined(separator: ", ")
        return """
            e as (
                insert into time_entries
                    (id, user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds, break_seconds,
                     notes, tags, source, billable, paid, invoice_number, created_at, updated_at)
                select \(list)\(source)\(guardClause)
                returning id)
            """
    }
}

/// Whether another completed entry of the user shares time with a span; touching is fine (behaviour.md §5.9).
enum OverlapCondition {
    static func expression(
        userID: ID<User>, start: Instant, end: Instant, excluding id: ID<TimeEntry>?, in sql: inout SQL
    ) -> String {
        let user = sql.bind(userID.parameter)
        let from = sql.bind(start.parameter)
        let to = sql.bind(end.parameter)
        let other = id.map { " and o.id <> \(sql.bind($0.parameter))" } ?? ""
        return """
            exists (select 1 from time_entries o where o.user_id = \(user) and o.end_time is not null\(other)
                    and o.start_time < \(to) and o.end_time > \(from))
            """
    }
}
