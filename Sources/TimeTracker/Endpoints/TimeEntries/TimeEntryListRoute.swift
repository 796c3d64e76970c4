/// `GET /api/v1/time-entries` (behaviour.md §5.3).
extension TimeEntryList {
    static let parameters: [QueryParameter] = [
        .integer("project_id", "Entries of this project"),
        .integer("user_id", "Entries of this user; administrators only, except for one's own id"),
        .integer("task_id", "Entries of this task"),
        .integer("client_id", "Entries booked on this client without a project"),
        .dateTime("start_date", "Entries that start at or after this date or time"),
        .dateTime("end_date", "Entries that start at or before this date or time; a date means its whole day"),
        .boolean("billable", "Only billable, or only not billable entries"),
        .boolean("paid", "Only paid, or only unpaid entries"),
        .text("tag", "Entries that carry this tag"),
        .boolean("include_active", "Also running timers (default false)"),
        .page, .perPage,
    ]

    @Sendable static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let filter = try Filter(&query, call.principal)
        let page = query.page()
        try query.finish()
        let (entries, pagination) = try await read(filter, page, call.context)
        return try .list(key: "time_entries", entries, pagination)
    }
}

extension TimeEntryList.Filter {
    /// - Throws: ``ValidationError``; see ``owner(_:_:)``.
    init(_ query: inout QueryParameters, _ principal: Principal) throws {
        let projectID = query.integer("project_id")
        let user = query.integer("user_id")
        let taskID = query.integer("task_id")
        let clientID = query.integer("client_id")
        let start = query.rangeStart("start_date")
        let end = query.rangeEnd("end_date")
        let billable = query.boolean("billable")
        let paid = query.boolean("paid")
        let tag = query.text("tag")
        let includesRunning = query.boolean("include_active") ?? false
        try query.finish()
        self.init(
            projectID: projectID, userID: try Self.owner(user, principal), taskID: taskID, clientID: clientID,
            start: start, end: end, billable: billable, paid: paid, tag: tag, includesRunning: includesRunning)
    }
}
