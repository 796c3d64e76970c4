/// A new entry as the client described it, before the rules decide.
struct EntryDraft {
    var projectID: Int64?
    var clientID: Int64?
    var taskID: Int64?
    var start: DateTimeInput
    var end: DateTimeInput?
    var breakSeconds: Int64 = 0
    var notes: String?
    var tags: String?
    var isBillable: Bool?
    var isPaid = false
    var invoiceNumber: String?
    var userID: Int64

    var isRunning: Bool { end == nil }

    /// Reads the body of `POST /time-entries`; reports all bad fields at once (behaviour.md §5.5).
    init(_ input: inout InputReader, _ call: Call) throws {
        projectID = input.get(TimeEntryInput.projectID).value
        clientID = input.get(TimeEntryInput.clientID).value
        taskID = input.get(TimeEntryInput.taskID).value
        let start = input.get(TimeEntryInput.start).value
        end = input.get(TimeEntryInput.end).value
        breakSeconds = max(0, input.get(TimeEntryInput.breakSeconds).value ?? 0)
        notes = input.get(TimeEntryInput.notes).value
        tags = input.get(TimeEntryInput.tags).value
        isBillable = input.get(TimeEntryInput.billable).value
        isPaid = input.get(TimeEntryInput.paid).value ?? false
        invoiceNumber = input.get(TimeEntryInput.invoiceNumber).value
        userID = input.get(TimeEntryInput.userID).value ?? call.principal.userID
        if projectID == nil, clientID == nil, input.errors[TimeEntryInput.projectID.key] == nil {
            input.errors.add("project_id", "project_id is required")
        }
        if taskID != nil, projectID == nil, clientID != nil {
            input.errors.add("task_id", "A task needs a project")
        }
        try input.finish()
        guard let start else { throw APIError.internalError }
        self.start = start
        guard userID == call.principal.userID || call.principal.isAdmin else {
            throw APIError.forbidden("Only administrators may book time for other users")
        }
    }

    /// Reads the body of `POST /timer/start`; the timer starts now.
    init(timer input: inout InputReader, _ call: Call) throws {
        projectID = input.get(TimeEntryInput.timerProjectID).value
        taskID = input.get(TimeEntryInput.taskID).value
        notes = input.get(TimeEntryInput.notes).value
        tags = input.get(TimeEntryInput.tags).value
        isBillable = input.get(TimeEntryInput.billable).value
        try input.finish()
        // Only a place: it starts at the database's now, which the lookup tells.
        start = .instant(InstantFormat.wholeSecond(WallClock.now()))
        userID = call.principal.userID
    }

    var keys: EntryLookup.Keys {
        EntryLookup.Keys(
            projectID: projectID, taskID: taskID, clientID: clientID, userID: userID,
            times: [start] + (end.map { [$0] } ?? []),
            drawsID: true)
    }

    /// The entry to store, once the rules have agreed. Project and client given together keep the project only.
    func entry(_ lookup: EntryLookup, _ settings: Settings, user: EntryLookup.User) -> TimeEntry {
        let end = isRunning ? nil : lookup.times.last
        let duration = end.map {
            EntryDuration.seconds(
                start: lookup.times[0], end: $0, breakSeconds: breakSeconds,
                rounding: user.rounding.effective(settingsMinutes: settings.roundingMinutes))
        }
        return TimeEntry(
            id: lookup.nextID, userID: userID, projectID: projectID, clientID: projectID == nil ? clientID : nil,
            taskID: taskID, start: lookup.times[0], end: end, durationSeconds: duration, breakSeconds: breakSeconds,
            pausedAt: nil, notes: notes, tags: tags, source: isRunning ? "auto" : "manual",
            isBillable: isBillable ?? lookup.project?.isBillable ?? true,
            isPaid: isPaid, invoiceNumber: invoiceNumber, createdAt: lookup.now, updatedAt: lookup.now,
            username: user.username, projectName: lookup.project?.name,
            clientName: projectID == nil ? lookup.client?.name : nil, taskName: taskID == nil ? nil : lookup.task?.name)
    }
}
