extension EntryDraft {
    /// Reads the body of `POST /time-entries`; reports all bad fields at once (behaviour.md §5.5).
    init(_ input: inout InputReader, _ principal: Principal) throws {
        let projectID = input.get(TimeEntryInput.projectID).value
        let clientID = input.get(TimeEntryInput.clientID).value
        let taskID = input.get(TimeEntryInput.taskID).value
        let start = input.get(TimeEntryInput.start).value
        let end = input.get(TimeEntryInput.end).value
        let breakSeconds = max(0, input.get(TimeEntryInput.breakSeconds).value ?? 0)
        let notes = input.get(TimeEntryInput.notes).value
        let tags = input.get(TimeEntryInput.tags).value
        let isBillable = input.get(TimeEntryInput.billable).value
        let isPaid = input.get(TimeEntryInput.paid).value ?? false
        let invoiceNumber = input.get(TimeEntryInput.invoiceNumber).value
        let userID = input.get(TimeEntryInput.userID).value ?? principal.userID
        if projectID == nil, clientID == nil, input.errors[TimeEntryInput.projectID.key] == nil {
            input.errors.add("project_id", "project_id is required")
        }
        if taskID != nil, projectID == nil, clientID != nil {
            input.errors.add("task_id", "A task needs a project")
        }
        try input.finish()
        guard let start else { throw APIError.internalError }
        guard userID == principal.userID || principal.isAdmin else {
            throw APIError.forbidden("Only administrators may book time for other users")
        }
        self.init(
            projectID: projectID, clientID: clientID, taskID: taskID, start: start, end: end,
            breakSeconds: breakSeconds, notes: notes, tags: tags, isBillable: isBillable, isPaid: isPaid,
            invoiceNumber: invoiceNumber, userID: userID)
    }

    /// Reads the body of `POST /timer/start`; the timer starts now.
    init(timer input: inout InputReader, _ context: Context) throws {
        let projectID = input.get(TimeEntryInput.timerProjectID).value
        let taskID = input.get(TimeEntryInput.taskID).value
        let notes = input.get(TimeEntryInput.notes).value
        let tags = input.get(TimeEntryInput.tags).value
        let isBillable = input.get(TimeEntryInput.billable).value
        try input.finish()
        // Only a place: it starts at the database's now, which the lookup tells.
        self.init(
            projectID: projectID, taskID: taskID, start: .instant(InstantFormat.wholeSecond(context.now)), notes: notes,
            tags: tags, isBillable: isBillable, userID: context.principal.userID)
    }
}
