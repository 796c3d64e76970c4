extension TimeEntryChanges {
    init(_ input: inout InputReader) throws {
        self.init()
        projectID = input.get(TimeEntryInput.projectID)
        clientID = input.get(TimeEntryInput.clientID)
        taskID = input.get(TimeEntryInput.taskID)
        start = input.get(TimeEntryInput.start)
        end = input.get(TimeEntryInput.end)
        breakSeconds = input.get(TimeEntryInput.breakSeconds)
        notes = input.get(TimeEntryInput.notes)
        tags = input.get(TimeEntryInput.tags)
        billable = input.get(TimeEntryInput.billable)
        paid = input.get(TimeEntryInput.paid)
        invoiceNumber = input.get(TimeEntryInput.invoiceNumber)
        ifUpdatedAt = input.get(TimeEntryInput.ifUpdatedAt)
        _ = input.get(TimeEntryInput.reason)
        if taskID.value != nil, projectID.value == nil, clientID.value != nil {
            input.errors.add("task_id", "A task needs a project")
        }
        try input.finish()
    }
}
