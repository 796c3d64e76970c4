import Postgres

/// What has been worked on a project or a task: the latest entries, and the hours of the last twelve weeks by week, by
/// person and by task. Who is no administrator sees his own.
struct ObjectWork: Sendable {
    private static let shownEntries = 10

    struct Sum: Sendable {
        /// `w` week, `u` person, `t` task.
        let kind: String
        let name: String
        /// Of a week, its first.
        let day: Day?
        let seconds: Int64
    }

    let entries: [TimeEntry]
    let sums: [Sum]

    /// - Parameter column: of `time_entries`, that names the object of the call's path: `project_id` or `task_id`.
    static func load(_ column: String, _ call: Call) async throws -> ObjectWork {
        let user = call.principal.isAdmin ? "" : "&user_id=\(call.principal.userID)"
        var query = QueryParameters("\(column)=\(call.pathID)\(user)")
        let filter = try TimeEntryList.Filter(&query, call.principal)
        let page = PageRequest(page: 1, perPage: shownEntries)
        async let listing = call.db.query(EntryListQuery(filter: filter, zone: call.zone).statement(page))
        let rows = try await call.db.query(
            Statement(
                select(column),
                [.int(call.pathID), .text(call.zone), .init(call.principal.isAdmin ? nil : call.principal.userID)]))
        let sums = try rows.map { row in
            Sum(
                kind: try row.scalar(0), name: try row.scalar(1), day: try row.scalar(2, as: Day?.self),
                seconds: try row.scalar(3, as: Int64?.self) ?? 0)
        }
        let entries = PageQuery.read(try await listing, page, as: TimeEntry.self).models
        return ObjectWork(entries: try entries.all(), sums: sums)
    }

    private static func select(_ column: String) -> String {
        """
        with worked as materialized (
            select (date_trunc('week', e.start_time at time zone $2))::date as week, e.user_id, e.task_id,
                   sum(e.duration_seconds)::bigint as seconds
            from time_entries e
            where e.\(column) = $1 and ($3::bigint is null or e.user_id = $3) and e.end_time is not null
                and e.start_time >= now() - interval '84 days'
            group by 1, 2, 3)
        (select 'w', '', d::date, coalesce(sum(w.seconds), 0)::bigint
         from generate_series(date_trunc('week', now() at time zone $2) - interval '77 days',
                              date_trunc('week', now() at time zone $2), interval '7 days') d
         left join worked w on w.week = d::date group by d order by d)
        union all
        (select 'u', coalesce(nullif(u.full_name, ''), u.username), null, sum(w.seconds)::bigint
         from worked w join users u on u.id = w.user_id group by u.id order by 4 desc limit 20)
        union all
        (select 't', coalesce(t.name, ''), null, sum(w.seconds)::bigint
         from worked w left join tasks t on t.id = w.task_id group by t.id order by 4 desc limit 20)
        """
    }

    func values(_ call: Call) -> [String: Any] {
        func table(_ kind: String) -> [[String: Any]] {
            let most = sums.filter { $0.kind == kind }.map(\.seconds).max() ?? 0
            return sums.filter { $0.kind == kind }.map { sum in
                let name = sum.day.map(call.format.date) ?? (sum.name.isEmpty ? "No task" : sum.name)
                return [
                    "label": name, "hours": PersonFormat.hours(sum.seconds), "plain": PersonFormat.hours(sum.seconds),
                    "width": "\(most > 0 ? max(1, sum.seconds * 100 / most) : 0)",
                ]
            }
        }
        let library = ChartLibrary.address(call.app.assets)
        return [
            "weeks": table("w"), "people": table("u"), "by_task": table("t"),
            "has_people": sums.contains { $0.kind == "u" },
            "has_work": sums.contains { $0.seconds > 0 }, "charts": StaticAssets.charts.path, "library": library ?? "",
            "has_library": library != nil,
        ]
    }
}
