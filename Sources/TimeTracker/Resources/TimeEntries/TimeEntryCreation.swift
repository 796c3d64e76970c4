import HTTPTypes

/// `POST /api/v1/time-entries` and `POST /api/v1/timer/start` (behaviour.md §5.5, §5.10).
enum TimeEntryCreation {
    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let draft = try EntryDraft(&input, call)
        let known = EntryLookupCache.of(call.app)
        // What the rules refuse by what is known may be right by now.
        if let lookup = known.find(draft, call), let versions = lookup.versions,
            let entry = try? checked(draft, lookup, call)
        {
            let writer = DirectEntryWriter(entry: entry, versions: versions, call: call)
            if let reply = try await writer.insert() { return reply }
            known.forget(draft, call)
        }
        let lookup = try await EntryLookup.load(draft.keys, call)
        let entry = try checked(draft, lookup, call)
        known.keep(lookup, for: draft, call)
        return try await write(entry, reply(entry), call)
    }

    /// The entry that the draft makes, if no rule refuses it (behaviour.md §5.5).
    private static func checked(_ draft: EntryDraft, _ lookup: EntryLookup, _ call: Call) throws -> TimeEntry {
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
            hasProject: draft.projectID != nil, taskID: draft.taskID, notes: draft.notes, call.settings)
        if !draft.isRunning { try EntryRules.checkSpan(start: lookup.times[0], end: lookup.times[1]) }
        return draft.entry(lookup, call.settings, user: user)
    }

    static func reply(_ entry: TimeEntry) -> Reply {
        .saved(.created, message: "Time entry created successfully", key: "time_entry", entry)
    }

    @Sendable static func startTimer(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let draft = try EntryDraft(timer: &input, call)
        let lookup = try await EntryLookup.load(draft.keys, call)
        let user = try EntryRules.checkTarget(lookup)
        if let project = lookup.project, !project.isVisible {
            throw APIError.forbidden("You do not have access to this project")
        }
        if call.settings.singleActiveTimer, let timer = try await TimerLookup.running(of: draft.userID, call.context) {
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
        try EntryRules.checkRequirements(hasProject: true, taskID: draft.taskID, notes: draft.notes, call.settings)
        var entry = draft.entry(lookup, call.settings, user: user)
        entry.start = InstantFormat.wholeSecond(lookup.now)
        let reply = Reply.saved(.created, message: "Timer started", key: "timer", entry)
        return try await write(entry, reply, call)
    }

    private static func write(_ entry: TimeEntry, _ reply: Reply, _ call: Call) async throws -> Reply {
        try await EntryWriter(
            entry: entry, reply: reply, call: call,
            refusesSecondTimer: entry.isRunning && call.settings.singleActiveTimer,
            refusesOverlap: !entry.isRunning && call.settings.preventsOverlap
        ).insert()
        return reply
    }
}
