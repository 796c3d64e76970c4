/// The fields of a time entry's body (behaviour.md §5.5, §5.6, §5.10).
enum TimeEntryInput {
    static let projectID = InputField<Int64>.id("project_id", nullable: true)
    static let clientID = InputField<Int64>.id("client_id", nullable: true)
    static let taskID = InputField<Int64>.id("task_id", nullable: true)
    static let start = InputField<DateTimeInput>.instant("start_time", required: "start_time is required")
    static let end = InputField<DateTimeInput>.instant("end_time", nullable: true)
    static let breakSeconds = InputField<Int64>.integer("break_seconds", range: -2_147_483_648...2_147_483_647)
    static let notes = InputField<String>.string("notes", max: 5000, emptyIsNull: true, nullable: true)
    static let tags = InputField<String>.string("tags", max: 500, emptyIsNull: true, nullable: true)
    static let billable = InputField<Bool>.boolean("billable")
    static let paid = InputField<Bool>.boolean("paid")
    static let invoiceNumber = InputField<String>.string("invoice_number", max: 100, emptyIsNull: true, nullable: true)
    static let userID = InputField<Int64>.id("user_id", nullable: true)
    static let ifUpdatedAt = InputField<DateTimeInput>.instant("if_updated_at", nullable: true)
    static let reason = InputField<String>.string("reason", max: 500, nullable: true)

    static let create = BodySchema(
        "TimeEntryCreate",
        [projectID, clientID, taskID, start, end, breakSeconds, notes, tags, billable, paid, invoiceNumber, userID])
    static let update = BodySchema(
        "TimeEntryUpdate",
        [
            projectID, clientID, taskID, start, end, breakSeconds, notes, tags, billable, paid, invoiceNumber,
            ifUpdatedAt,
            reason,
        ])

    /// `timer/start` has its own required text (behaviour.md §5.10).
    static let timerProjectID = InputField<Int64>.id("project_id", required: "project_id is required")
    static let timerStart = BodySchema("TimerStart", [timerProjectID, taskID, notes, tags, billable])
}
