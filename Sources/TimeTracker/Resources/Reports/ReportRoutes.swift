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
            access: .token(.init("read:reports")), module: .reports, query: SummaryReport.parameters,
            isHeavy: true, response: schema, handler: SummaryReport.reply)
    ]

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
