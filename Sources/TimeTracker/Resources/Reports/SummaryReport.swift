import Postgres

/// Hours of completed entries in a span of time, in all and by project
/// (behaviour.md §7.3).
enum SummaryReport {
    /// - Parameters:
    ///   - start: nil = 30 days before the end.
    ///   - end: nil = now.
    ///   - userID: nil = oneself, or everybody for administrators.
    /// - Throws: ``APIError`` 403 for other users' hours, 400 for an end before the start.
    static func read(
        from start: RangeBound?, to end: RangeBound?, projectID: Int64?, userID requested: Int64?, _ context: Context
    ) async throws -> Summary {
        let principal = context.principal
        if let requested, requested != principal.userID, !principal.isAdmin {
            throw APIError.forbidden("Only administrators may see other users' hours")
        }
        let userID = requested ?? (principal.isAdmin ? nil : principal.userID)
        let statement = statement(start, end, projectID, userID, zone: context.settings.timezone)
        let summary = try Summary(try await context.db.query(statement))
        guard RangeBound.isSpanOfDays(start, end) || summary.span.first <= summary.span.last else {
            throw APIError.validation("end_date", "end_date must not be before start_date")
        }
        return summary
    }

    private static func statement(
        _ start: RangeBound?, _ end: RangeBound?, _ projectID: Int64?, _ userID: Int64?, zone: String
    ) -> Statement {
        var sql = SQL("with bounds as materialized (select ")
        let end = end.map { WallTime.expression($0, zone: zone, in: &sql) } ?? "now()"
        let start = start.map { WallTime.expression($0, zone: zone, in: &sql) } ?? "\(end) - interval '30 days'"
        sql.add("\(start) as first, \(end) as last)")
        let isEverybodys = projectID == nil && userID == nil
        sql.add(", sums as (\(isEverybodys ? EntryMonths.sums : entries(projectID, userID, &sql)))")
        sql.add(
            """
             select \(ReportSpan.selected), \(Summary.Line.selected)
            from bounds b left join sums s on s.seconds is not null left join projects p on p.id = s.project_id
            order by s.seconds desc, p.name, s.project_id
            """)
        return sql.statement
    }

    /// A user's or a project's entries are few, and an index has all that is asked.
    private static func entries(_ projectID: Int64?, _ userID: Int64?, _ sql: inout SQL) -> String {
        var conditions = ""
        if let projectID { conditions += " and e.project_id = \(sql.bind(.int(projectID)))" }
        if let userID { conditions += " and e.user_id = \(sql.bind(.int(userID)))" }
        return """
            select e.project_id, sum(e.duration_seconds)::bigint as seconds,
                   coalesce(sum(e.duration_seconds) filter (where e.billable), 0)::bigint as billable, count(*) as entries
            from time_entries e
            where e.start_time >= (select first from bounds) and e.start_time <= (select last from bounds)
              and e.end_time is not null\(conditions)
            group by e.project_id
            """
    }

    /// The report's numbers. Seconds are added up first and rounded once (behaviour.md §3.11).
    struct Summary {
        /// A project's, or the entries' that are booked on none.
        struct Line: RowProjection {
            var seconds: Int64 = 0
            var projectID: ID<Project>?
            var name: String?
            var billableSeconds: Int64 = 0
            var entries: Int64 = 0

            /// A query of the statement.
            static let table = "sums"
            static let alias = "s"
            static let selected = selectList()

            /// Over `sums s` and `projects p`.
            static func map(_ row: inout some ColumnVisitor, _ line: inout Line) {
                row.column("seconds", &line.seconds)
                row.column("project_id", &line.projectID)
                row.computed("p.name", &line.name)
                row.column("billable", &line.billableSeconds)
                row.column("entries", &line.entries)
            }
        }

        let span: ReportSpan
        private let lines: [Line]

        /// - Throws: ``RowDecodingError``.
        init(_ rows: Rows) throws {
            span = try rows.first.map { try ReportSpan($0) } ?? ReportSpan()
            lines = try ModelRows(joined: rows, from: ReportSpan.columnCount).all()
        }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.key("summary")
            json.beginObject()
            json.key("start_date")
            json.instant(span.first.microseconds)
            json.key("end_date")
            json.instant(span.last.microseconds)
            json.key("total_hours")
            json.hours(seconds: lines.reduce(0) { $0 + $1.seconds })
            json.key("billable_hours")
            json.hours(seconds: lines.reduce(0) { $0 + $1.billableSeconds })
            json.key("total_entries")
            json.value(lines.reduce(0) { $0 + $1.entries })
            json.key("by_project")
            json.beginArray()
            for line in lines {
                guard let projectID = line.projectID else { continue }
                json.beginObject()
                json.key("project_id")
                json.value(projectID.number)
                json.key("project_name")
                json.value(line.name ?? "")
                json.key("hours")
                json.hours(seconds: line.seconds)
                json.key("entries")
                json.value(line.entries)
                json.endObject()
            }
            json.endArray()
            json.endObject()
            json.endObject()
        }
    }
}
