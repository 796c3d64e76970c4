import Postgres

/// Cuts a completed entry in two at a time between its start and its end (behaviour.md §12.12).
enum EntrySplit {
    /// The first part keeps the id, and of the break what it has room for; the second one gets the rest.
    ///
    /// - Throws: ``APIError`` 404, 403, 400 `timer_active`, 400 for a time that isn't within the entry.
    static func split(
        _ id: ID<TimeEntry>, at time: DateTimeInput, _ context: Context, in tx: PostgresTransaction
    ) async throws -> (first: TimeEntry, second: TimeEntry) {
        var first = try await TimeEntryStore.lock(id, context, in: tx)
        guard let end = first.end else { throw EntryRules.timerActive }
        let keys = EntryLookup.Keys(userID: first.userID.number, times: [time])
        let lookup = try await EntryLookup.load(keys, context, in: tx)
        guard let cut = lookup.times.first, let user = lookup.user else { throw APIError.internalError }
        guard first.start < cut, cut < end else {
            throw APIError.validation("at", "Must be between the entry's start and end.")
        }
        var second = first
        second.id = .none
        (second.lastHeartbeatAt, second.idleNotifiedAt) = (nil, nil)
        let room = EntryDuration.wholeSeconds(from: first.start, to: cut)
        first.end = cut
        first.breakSeconds = min(first.breakSeconds, room)
        second.start = cut
        second.breakSeconds -= first.breakSeconds
        let rounding = user.rounding.effective(settingsMinutes: context.settings.roundingMinutes)
        first.measure(rounding)
        second.measure(rounding)
        let saved = try await TimeEntryStore.save(first, [.updated], context, in: tx)
        return (saved, try await insert(second, context, in: tx))
    }

    private static func insert(
        _ entry: TimeEntry, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TimeEntry {
        guard let row = try await tx.query(entry.writing()).first else { throw APIError.internalError }
        var made = entry
        try made.reread(row)
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
