/// Books time and starts timers (behaviour.md §5.5, §5.10).
enum TimeEntryBooking {
    /// The entry that the draft makes, if no rule refuses it (behaviour.md §5.5).
    static func checked(_ draft: EntryDraft, _ lookup: EntryLookup, _ context: Context) throws -> TimeEntry {
        let user = try EntryRules.checkTarget(lookup)
        try EntryRules.checkPlace(draft.keys, lookup)
        try EntryRules.checkTask(draft.taskID, lookup)
        if draft.isRunning {
            try EntryRules.checkRunningStart(lookup.times[0], now: lookup.now)
            if let project = lookup.project { try EntryRules.requireActive(project) }
        } else {
            try EntryRules.refuseArchived(lookup.project)
        }
        try EntryRules.checkRequirements(
            hasProject: draft.projectID != nil, taskID: draft.taskID, notes: draft.notes, context.settings)
        if !draft.isRunning { try EntryRules.checkSpan(start: lookup.times[0], end: lookup.times[1]) }
        return draft.entry(lookup, context.settings, user: user)
    }

    /// The timer that the draft starts, at the database's now, if no rule refuses it; it is not stored yet.
    static func timer(_ draft: EntryDraft, _ context: Context) async throws -> TimeEntry {
        let lookup = try await EntryLookup.load(draft.keys, context)
        let user = try EntryRules.checkTarget(lookup)
        if let project = lookup.project, !project.isVisible {
            throw APIError.forbidden("You do not have access to this project")
        }
        if context.settings.singleActiveTimer, let timer = try await TimerLookup.running(of: draft.userID, context) {
            throw EntryRules.timerAlreadyRunning(timer)
        }
        guard let project = lookup.project else {
            var refusal = APIError.validation("project_id", "Project not found")
            refusal.code = "invalid_project"
            throw refusal
        }
        try EntryRules.requireActive(project)
        var badTask = APIError.validation("task_id", "task_id must name a task of the project")
        badTask.code = "invalid_task"
        try EntryRules.checkTask(draft.taskID, lookup, refusal: badTask)
        try EntryRules.checkRequirements(hasProject: true, taskID: draft.taskID, notes: draft.notes, context.settings)
        var entry = draft.entry(lookup, context.settings, user: user)
        entry.start = InstantFormat.wholeSecond(lookup.now)
        return entry
    }

    /// Stores an entry as it is.
    ///
    /// - Throws: see ``EntryWriter/insert()``; ``APIError`` 403 for viewers.
    static func write(_ entry: TimeEntry, receipt: Receipt?, _ context: Context) async throws {
        try await EntryWriter(
            entry: entry, receipt: receipt, context: context,
            refusesSecondTimer: entry.isRunning && context.settings.singleActiveTimer,
            refusesOverlap: !entry.isRunning && context.settings.preventsOverlap
        ).insert()
    }
}
