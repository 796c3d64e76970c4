import Postgres

/// `GET /api/v1/time-entries` (contract 02 §4.3).
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
        let filter = try Filter(&query, call)
        let page = query.page()
        try query.finish()
        var sql = SQL()
        let conditions = filter.conditions(call, &sql)
        let rows = try await call.db.query(
            PageQuery(
                total: filter.isPlain
                    ? EntryCounts.expression(userID: filter.userID, includesRunning: filter.includesRunning, in: &sql)
                    : "(select count(*) from time_entries e where \(conditions))",
                page: "select \(TimeEntry.entryColumns) from time_entries e where \(conditions)",
                order: "e.start_time desc, e.id desc"
            ).statement(sql, page, columns: "e.*, \(TimeEntry.nameColumns)", alias: "e", joins: TimeEntry.nameJoins))
        let (entries, pagination) = PageQuery.read(rows, page) { TimeEntry($0, offset: 1) }
        return .list(key: "time_entries", entries, pagination)
    }

    private struct Filter {
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
        init(_ query: inout QueryParameters, _ call: Call) throws {
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
            let principal = call.principal
            if let user, user != principal.userID, !principal.isAdmin {
                throw APIError.forbidden("Only administrators may list other users' entries")
            }
            userID = user ?? (principal.isAdmin ? nil : principal.userID)
        }

        /// Whether the maintained counters know the total.
        var isPlain: Bool {
            projectID == nil && taskID == nil && clientID == nil && start == nil && end == nil && billable == nil
                && paid == nil && tag == nil
        }

        func conditions(_ call: Call, _ sql: inout SQL) -> String {
            var conditions = includesRunning ? ["true"] : ["e.end_time is not null"]
            func equals(_ column: String, _ id: Int64?) {
                if let id { conditions.append("e.\(column) = \(sql.bind(.int(id)))") }
            }
            equals("user_id", userID)
            equals("project_id", projectID)
            equals("task_id", taskID)
            equals("client_id", clientID)
            let zone = call.settings.timezone
            if let start { conditions.append("e.start_time >= \(WallTime.expression(start, zone: zone, in: &sql))") }
            if let end { conditions.append("e.start_time <= \(WallTime.expression(end, zone: zone, in: &sql))") }
            if let billable { conditions.append("e.billable = \(sql.bind(.bool(billable)))") }
            if let paid { conditions.append("e.paid = \(sql.bind(.bool(paid)))") }
            if let tag { conditions.append(TagCondition.expression("e.tags", [tag], in: &sql)) }
            return conditions.joined(separator: " and ")
        }
    }
}
