import HTTPTypes

/// `/api/v1/reports` (behaviour.md §7.3).
enum ReportResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/reports/summary", summary: "Hours by project in a span of time",
            details: """
                Completed entries that start within the span. A start_date without end_date ends now; \
                entries booked on a client without a project count in the totals only.
                """,
            access: .token(.init("read:reports")), module: .reports, query: parameters,
            isHeavy: true, response: schema, handler: summary)
    ]

    private static let parameters: [QueryParameter] = [
        .dateTime("start_date", "Entries that start at or after this; default 30 days before end_date"),
        .dateTime("end_date", "Entries that start at or before this; a date means its whole day; default now"),
        .integer("project_id", "Entries of this project"),
        .integer("user_id", "Entries of this user; administrators may name anybody and see everybody by default"),
    ]

    @Sendable private static func summary(_ call: Call) async throws -> Reply {
        var query = call.query
        let start = query.rangeStart("start_date")
        let end = query.rangeEnd("end_date")
        let projectID = query.integer("project_id")
        let userID = query.integer("user_id")
        try query.finish()
        let summary = try await SummaryReport.read(
            from: start, to: end, projectID: projectID, userID: userID, call.context)
        return .json(capacity: 4096) { summary.write(to: &$0) }
    }

    private static let schema = Schema.object(
        properties: [
            (
                "summary",
                .object(
                    name: "ReportSummary",
                    properties: [
                        ("start_date", .string(format: "date-time")), ("end_date", .string(format: "date-time")),
                        ("total_hours", .number()), ("billable_hours", .number()), ("total_entries", .integer()),
                        ("by_project", .array(of: project)),
                    ],
                    required: [
                        "start_date", "end_date", "total_hours", "billable_hours", "total_entries", "by_project",
                    ])
            )
        ], required: ["summary"])

    private static let project = Schema.object(
        name: "ProjectHours",
        properties: [
            ("project_id", .integer()), ("project_name", .string()), ("hours", .number()), ("entries", .integer()),
        ], required: ["project_id", "project_name", "hours", "entries"])
}
