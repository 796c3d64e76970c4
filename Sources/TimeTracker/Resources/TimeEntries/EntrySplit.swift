import Postgres

/// Cuts a completed entry in two at a time between its start and its end (behaviour.md §12.12).
enum EntrySplit {
    /// The first part keeps the id, and of the break what it has room for; the second one gets the rest.
    ///
    /// - Throws: ``APIError`` 404, 403, 400 `timer_active`, 400 for a time that isn't within the entry.
    static func split(
        _ id: Int64, at time: DateTimeInput, _ context: Context, in tx: PostgresTransaction
    ) async throws -> (first: TimeEntry, second: TimeEntry) {
        var first = try await TimeEntryStore.lock(id, context, in: tx)
        guard let end = first.end else { throw EntryRules.timerActive }
        let keys = EntryLookup.Keys(userID: first.userID, times: [time])
        let lookup = try await EntryLookup.load(keys, context, in: tx)
        guard let cut = lookup.times.first, let user = lookup.user else { throw APIError.internalError }
        guard first.start < cut, cut < end else {
            throw APIError.validation("at", "Must be between the entry's start and end.")
        }
        var second = first
        let room = EntryDuration.wholeSeconds(from: first.start, to: cut)
        first.end = cut
        first.breakSeconds = min(first.breakSeconds, room)
        second.start = cut
        second.breakSeconds -= first.breakSeconds
        let rounding = user.rounding.effective(settingsMinutes: context.settings.roundingMinutes)
        first.measure(rounding)
        second.measure(rounding)
        let saved = try await TimeEntryStore.save(first, [.updated], context, in: tx)
        return (saved, try await insert(second, after: id, context, in: tx))
    }

    private static func insert(
        _ entry: TimeEntry, after id: Int64, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TimeEntry {
        let statement = Statement(
            """
            insert into time_entries (user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds,
                                      break_seconds, notes, tags, source, billable, paid, invoice_number)
            select user_id, project_id, client_id, task_id, $2, $3, $4::int, $5::int, notes, tags, source, billable, paid,
                   invoice_number
            from time_entries where id = $1
            returning id, created_at, updated_at
            """,
            [
                .int(id), .timestamp(entry.start), .init(timestamp: entry.end), .init(entry.durationSeconds),
                .int(entry.breakSeconds),
            ])
        guard let row = try await tx.query(statement).first else { throw APIError.internalError }
        var made = entry
        made.id = row.int(0)
        made.createdAt = row.timestamp(1)
        made.updatedAt = row.timestamp(2)
        try await context.record([.created], made, in: tx)
        return made
    }
}

extension TimeEntry {
    fileprivate mutating func measure(_ rounding: Rounding) {
        durationSeconds = EntryDuration.seconds(
            start: start, end: end ?? start, breakSeconds: breakSeconds, rounding: rounding)
    }
}
