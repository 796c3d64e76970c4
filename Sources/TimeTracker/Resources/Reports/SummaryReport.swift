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
        let summary = Summary(try await context.db.query(statement))
        guard RangeBound.isSpanOfDays(start, end) || summary.start <= summary.end else {
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
             select b.first, b.last, s.project_id, p.name, s.seconds, s.billable, s.entries
            from bounds b left join sums s on true left join projects p on p.id = s.project_id
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
        struct Project {
            let id: Int64
            let name: String
            let seconds: Int64
            let entries: Int64
        }

        let start: Int64
        let end: Int64
        private(set) var seconds: Int64 = 0
        private(set) var billableSeconds: Int64 = 0
        private(set) var entries: Int64 = 0
        private(set) var projects: [Project] = []

        init(_ rows: Rows) {
            start = rows.first?.timestamp(0) ?? 0
            end = rows.first?.timestamp(1) ?? 0
            for row in rows where !row.isNull(4) {
                seconds += row.int(4)
                billableSeconds += row.int(5)
                entries += row.int(6)
                guard let id = row.intOrNull(2) else { continue }
                projects.append(Project(id: id, name: row.string(3), seconds: row.int(4), entries: row.int(6)))
            }
        }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.key("summary")
            json.beginObject()
            json.key("start_date")
            json.instant(start)
            json.key("end_date")
            json.instant(end)
            json.key("total_hours")
            json.hours(seconds: seconds)
            json.key("billable_hours")
            json.hours(seconds: billableSeconds)
            json.key("total_entries")
            json.value(entries)
            json.key("by_project")
            json.beginArray()
            for project in projects {
                json.beginObject()
                json.key("project_id")
                json.value(project.id)
                json.key("project_name")
                json.value(project.name)
                json.key("hours")
                json.hours(seconds: project.seconds)
                json.key("entries")
                json.value(project.entries)
                json.endObject()
            }
            json.endArray()
            json.endObject()
            json.endObject()
        }
    }
}
