import Postgres

/// Changes time entries (behaviour.md §5.6).
enum TimeEntryUpdate {
    /// Microseconds by which `if_updated_at` may miss the stored value (behaviour.md §3.12).
    private static let lockTolerance: Int64 = 2_000_000

    /// - Parameter isExpected: throws when the stored entry is not the one that the caller knows.
    static func update(
        _ id: ID<TimeEntry>, _ changes: TimeEntryChanges, _ context: Context, if isExpected: Expectation<TimeEntry>,
        in tx: PostgresTransaction
    ) async throws -> TimeEntry {
        let old = try await TimeEntryStore.lock(id, context, in: tx)
        try isExpected(old)
        let new = try await apply(changes, to: old, context, in: tx)
        return try await TimeEntryStore.save(new, [.updated], context, in: tx)
    }

    private static func apply(
        _ changes: TimeEntryChanges, to old: TimeEntry, _ context: Context, in tx: PostgresTransaction
    ) async throws -> TimeEntry {
        var entry = old
        place(changes, &entry)
        let keys = EntryLookup.Keys(
            projectID: entry.projectID?.number, taskID: entry.taskID?.number,
            clientID: changes.clientID.value ?? entry.clientID?.number, userID: entry.userID.number,
            times: changes.times)
        let lookup = try await EntryLookup.load(keys, context, in: tx)
        var times = lookup.times.makeIterator()
        let start = changes.start.value.flatMap { _ in times.next() }
        let end = changes.end.value.flatMap { _ in times.next() }
        if changes.ifUpdatedAt.value != nil, let expected = times.next(),
            abs(expected.microseconds - old.updatedAt.microseconds) > lockTolerance
        {
            throw APIError.conflict("The time entry was changed by someone else")
        }
        try checkPlace(changes, &entry, lookup, keys)
        if old.isRunning, changes.end.value != nil { throw EntryRules.timerActive }
        if !old.isRunning, case .null = changes.end {
            throw APIError.validation("end_time", "Field may not be null.")
        }
        entry.start = start ?? old.start
        entry.end = end ?? old.end
        fill(changes, &entry)
        // A body that repeats what is stored changes nothing, whatever rules and roundings are in force by now.
        let changesSpan = entry.start != old.start || entry.end != old.end
        try EntryRules.checkRequirements(
            hasProject: entry.projectID != nil, taskID: entry.taskID?.number, notes: entry.notes,
            context.settings)
        if changesSpan { try await checkTimes(entry, lookup, context, in: tx) }
        if let end = entry.end, changesSpan || entry.breakSeconds != old.breakSeconds, let user = lookup.user {
            entry.durationSeconds = EntryDuration.seconds(
                start: entry.start, end: end, breakSeconds: entry.breakSeconds,
                rounding: user.rounding.effective(settingsMinutes: context.settings.roundingMinutes))
        }
        return entry
    }

    /// Which project, client and task the entry belongs to afterwards; the last word is ``checkPlace``'s.
    private static func place(_ changes: TimeEntryChanges, _ entry: inout TimeEntry) {
        if let projectID = changes.projectID.value {
            entry.projectID = ID(projectID)
            entry.clientID = nil
        } else if let clientID = changes.clientID.value {
            entry.clientID = ID(clientID)
            entry.projectID = nil
            entry.taskID = nil
        }
        switch changes.taskID {
        case .absent: break
        case .null: entry.taskID = nil
        case .value(let taskID): entry.taskID = ID(taskID)
        }
    }

    private static func checkPlace(
        _ changes: TimeEntryChanges, _ entry: inout TimeEntry, _ lookup: EntryLookup, _ keys: EntryLookup.Keys
    ) throws {
        if changes.projectID.value != nil || changes.clientID.value != nil {
            try EntryRules.checkPlace(
                EntryLookup.Keys(
                    projectID: entry.projectID?.number, clientID: changes.clientID.value, userID: entry.userID.number),
                lookup)
        }
        if entry.taskID != nil, entry.projectID == nil {
            throw APIError.validation("task_id", "A task needs a project")
        }
        if changes.taskID.value != nil {
            try EntryRules.checkTask(entry.taskID?.number, lookup)
        } else if let task = lookup.task, task.projectID != entry.projectID?.number {
            entry.taskID = nil
        }
        entry.projectName = lookup.project?.name
        entry.clientName = entry.projectID == nil ? lookup.client?.name : nil
        entry.taskName = entry.taskID == nil ? nil : lookup.task?.name
    }

    private static func fill(_ changes: TimeEntryChanges, _ entry: inout TimeEntry) {
        entry.notes = changes.notes.orKeep(entry.notes)
        entry.tags = changes.tags.orKeep(entry.tags)
        entry.invoiceNumber = changes.invoiceNumber.orKeep(entry.invoiceNumber)
        entry.isBillable = changes.billable.value ?? entry.isBillable
        // No longer paid, no longer on an invoice; but an entry that is on one and not paid yet may say so again.
        if changes.paid.value == false, entry.isPaid || !changes.invoiceNumber.isPresent { entry.invoiceNumber = nil }
        entry.isPaid = changes.paid.value ?? entry.isPaid
        if let seconds = changes.breakSeconds.value { entry.breakSeconds = max(0, seconds) }
    }

    private static func checkTimes(
        _ entry: TimeEntry, _ lookup: EntryLookup, _ context: Context, in tx: PostgresTransaction
    ) async throws {
        guard let end = entry.end else {
            return try EntryRules.checkRunningStart(entry.start, now: lookup.now)
        }
        try EntryRules.checkSpan(start: entry.start, end: end)
        guard context.settings.preventsOverlap else { return }
        _ = try await tx.query(EntryWriter.lock(userID: entry.userID))
        var sql = SQL("select ")
        sql.add(
            OverlapCondition.expression(
                userID: entry.userID, start: entry.start, end: end, excluding: entry.id, in: &sql))
        if try await tx.query(sql.statement).first?.bool(0) == true { throw EntryRules.overlapping }
    }
}
