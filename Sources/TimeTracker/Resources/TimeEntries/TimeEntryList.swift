import Postgres

/// `GET /api/v1/time-entries` (behaviour.md §5.3).
enum TimeEntryList {
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
        let rows = try await call.db.query(EntryListQuery(filter: filter, zone: call.settings.timezone).statement(page))
        let (entries, pagination) = PageQuery.read(rows, page) { TimeEntry($0, offset: 1) }
        return .list(key: "time_entries", entries, pagination)
    }

    struct Filter {
        let projectID: Int64?
        let userID: Int64?
        let taskID: Int64?
        let clientID: Int64?
        let start: RangeBound?
        let end: RangeBound?
        let billable: Bool?
        let paid: Bool?
        let tag: String?
        let includesRunning: Bool

        /// Non-admins see their own entries, whatever they ask for.
        init(_ query: inout QueryParameters, _ principal: Principal) throws {
            projectID = query.integer("project_id")
            let user = query.integer("user_id")
            taskID = query.integer("task_id")
            clientID = query.integer("client_id")
            start = query.rangeStart("start_date")
            end = query.rangeEnd("end_date")
            billable = query.boolean("billable")
            paid = query.boolean("paid")
            tag = query.text("tag")
            includesRunning = query.boolean("include_active") ?? false
            try query.finish()
            if let user, user != principal.userID, !principal.isAdmin {
                throw APIError.forbidden("Only administrators may list other users' entries")
            }
            userID = user ?? (principal.isAdmin ? nil : principal.userID)
        }
    }
}
