import HTTPTypes
import NIOCore
import Postgres

/// `/import-export`: entries from a file and into one (behaviour.md §12.14).
enum ExchangePages {
    static let home = "/import-export"

    static let routes = [
        Route(
            .get, path: home, summary: "Import and export", access: .page(.user), response: .string()
        ) { call in
            try call.principal.requireWriter()
            return try await page(call)
        },
        Route(
            .get, path: "/api/import/template/csv", summary: "A file to fill in and import", access: .session,
            response: .string()
        ) { _ in template },
        Route(
            .get, path: home + "/entries", summary: "Own entries as CSV", access: .page(.user), isHeavy: true,
            response: .string(), handler: export),
        Route(
            .get, path: home + "/everything", summary: "All that one owns as JSON", access: .page(.user), isHeavy: true,
            response: .string()
        ) { call in try await OwnDataExport.reply(call) },
    ]

    private static let columns = [
        "project_name", "client_name", "task_name", "start_time", "end_time", "duration_hours", "notes", "tags",
        "billable",
    ]

    private static var template: Reply {
        var csv = CSVText(header: columns)
        csv.add(
            [
                "Website", "Example client", "Design", "2026-03-02 09:00", "2026-03-02 10:30", "1.5", "First draft",
                "design,draft", "true",
            ].map { .text($0) })
        csv.add(
            ["Website", "Example client", "", "2026-03-02 11:00", "2026-03-02 12:00", "1", "Call", "", "false"].map {
                .text($0)
            })
        return csv.reply(name: "timetracker_import_template.csv")
    }

    // MARK: Page

    /// - Parameter problems: why a file was refused.
    static func page(_ call: Call, problems: FormProblems? = nil) async throws -> Reply {
        async let loading = Frame.load(call)
        let today = try await call.db.query(LocalDay.statement(zone: call.zone)).first?.date(0) ?? 0
        var values: [String: Any] = [
            "has_problems": problems != nil, "problems": problems?.listed([]) ?? [],
            "first": InstantFormat.dateText(today - 365), "last": InstantFormat.dateText(today),
            "script_upload": StaticAssets.upload.path,
        ]
        if problems != nil { values["has_errors"] = true }
        return call.page(
            "exchange", title: "Import and export", .exchange, try await loading,
            status: problems == nil ? .ok : .unprocessableContent, values)
    }

    // MARK: Export

    /// Most rows of a file, and most bytes of its notes and tags.
    private static let most = 100_000
    private static let mostBytes = 32 * 1024 * 1024

    /// One's own completed entries of a span of days, in a form that can be imported again.
    @Sendable private static func export(_ call: Call) async throws -> Reply {
        var query = call.query
        let first = query.text("start_date").flatMap(EntryForm.day)
        let last = query.text("end_date").flatMap(EntryForm.day)
        try await requireFit(first, last, call)
        var sql = SQL()
        // The columns' $1.
        _ = sql.bind(.text(call.zone))
        sql.add(
            """
            select \(ExportedEntry.selected)
            from time_entries e left join projects p on p.id = e.project_id left join clients pc on pc.id = p.client_id
            left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id where e.user_id = 
            """)
        let span = span(first, last, call, in: &sql)
        sql.add(span)
        sql.add(" order by e.start_time, e.id ")
        var csv = CSVText(header: columns)
        let entries = ModelRows<ExportedEntry>(try await call.db.query(sql.statement))
        for index in entries.indices {
            let entry = try entries[index]
            csv.add([
                .text(entry.projectName ?? ""), .text(entry.clientName ?? ""), .text(entry.taskName ?? ""),
                .number(moment(entry.start)), .number(moment(entry.end)),
                .number(PersonFormat.hours(entry.seconds ?? 0)), .text(entry.notes ?? ""), .text(entry.tags ?? ""),
                .number(entry.isBillable ? "true" : "false"),
            ])
        }
        return csv.reply(name: "timetracker-entries.csv")
    }

    /// SQL condition: one's own completed entries `e` of a span of days, as it continues `e.user_id = `.
    private static func span(_ first: Int32?, _ last: Int32?, _ call: Call, in sql: inout SQL) -> String {
        var condition = "\(sql.bind(.int(call.principal.userID))) and e.end_time is not null"
        if let first { condition += " and e.start_time >= \(LocalDay.start(of: first, zone: call.zone, in: &sql))" }
        if let last { condition += " and e.start_time < \(LocalDay.start(of: last + 1, zone: call.zone, in: &sql))" }
        return condition
    }

    /// - Throws: ``APIError`` 400 when the span holds more than a file may.
    private static func requireFit(_ first: Int32?, _ last: Int32?, _ call: Call) async throws {
        var sql = SQL()
        let span = span(first, last, call, in: &sql)
        sql.add(
            """
            select count(*), coalesce(sum(coalesce(octet_length(notes), 0) + coalesce(octet_length(tags), 0)), 0)::bigint
            from (select e.notes, e.tags from time_entries e where e.user_id = \(span) limit \(most + 1)) x
            """)
        guard let row = try await call.db.query(sql.statement).first else { throw APIError.internalError }
        guard try row.scalar(0, as: Int.self) <= most, try row.scalar(1, as: Int.self) <= mostBytes else {
            throw APIError.validation("start_date", "The span has too much for one file; choose a shorter one")
        }
    }

    /// `2026-03-02 09:00:00`.
    private static func moment(_ wall: WallTime) -> String {
        String(InstantFormat.text(wall.microseconds).dropLast()).replacing("T", with: " ")
    }
}

/// A completed entry as a file has it.
private struct ExportedEntry: RowProjection {
    var projectName: String?
    var clientName: String?
    var taskName: String?
    var start = WallTime(0)
    var end = WallTime(0)
    var seconds: Int64?
    var notes: String?
    var tags: String?
    var isBillable = true

    static let table = TimeEntry.table
    static let alias = TimeEntry.alias
    static let selected = selectList()

    /// Over `time_entries e`, their `projects p`, `tasks t`, `clients c`, and the projects' `clients pc`; $1 is the person's
    /// zone.
    static func map(_ row: inout some ColumnVisitor, _ entry: inout ExportedEntry) {
        row.computed("p.name", &entry.projectName)
        row.computed("coalesce(pc.name, c.name)", &entry.clientName)
        row.computed("t.name", &entry.taskName)
        row.computed("e.start_time at time zone $1", &entry.start)
        row.computed("e.end_time at time zone $1", &entry.end)
        row.column("duration_seconds", &entry.seconds)
        row.column("notes", &entry.notes)
        row.column("tags", &entry.tags)
        row.column("billable", &entry.isBillable)
    }
}
