import Postgres

/// Hours of completed entries in a span of days, added up by something; who is no administrator sees his own.
struct ReportTable: Sendable {
    enum Group: String, CaseIterable, Sendable {
        case project, client, task, person, tag, day, week, month

        var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

        /// SQL of the key by which lines are told apart, and of what they are called, over `e`, `p`, `c`, `t`, `u`.
        fileprivate var key: String {
            switch self {
            case .project: "coalesce(e.project_id, -e.client_id)"
            case .client: "coalesce(p.client_id, e.client_id)"
            case .task: "coalesce(e.task_id, 0)"
            case .person: "e.user_id"
            case .tag: "hashtext(tag.name)::bigint"
            case .day: "(e.local::date - date '2000-01-01')::bigint"
            case .week: "(date_trunc('week', e.local)::date - date '2000-01-01')::bigint"
            case .month: "(date_trunc('month', e.local)::date - date '2000-01-01')::bigint"
            }
        }

        fileprivate var name: String {
            switch self {
            case .project: "coalesce(p.name, c.name)"
            case .client: "coalesce(pc.name, c.name)"
            case .task: "case when t.id is null then 'No task' else p.name || ' › ' || t.name end"
            case .person: "coalesce(nullif(u.full_name, ''), u.username)"
            case .tag: "tag.name"
            case .day, .week, .month: "''"
            }
        }

        var isTime: Bool { [.day, .week, .month].contains(self) }
    }

    struct Line: RowProjection {
        var key: Int64 = 0
        var name = ""
        var seconds: Int64 = 0
        var billableSeconds: Int64 = 0
        var entries: Int64 = 0
        /// By the same rates as the dashboard.
        var value = Money.zero

        static let table = "sums"
        static let alias = "s"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ line: inout Line) {
            row.column("key", &line.key)
            row.column("name", &line.name)
            row.column("seconds", &line.seconds, read: "coalesce(s.seconds, 0)")
            row.column("billable", &line.billableSeconds)
            row.column("entries", &line.entries)
            row.column("value", &line.value)
        }
    }

    /// Of all lines, those included that are not shown.
    struct Total: RowProjection {
        var lines: Int64 = 0
        var seconds: Int64 = 0
        var billableSeconds: Int64 = 0
        var entries: Int64 = 0
        var value = Money.zero
        /// Of the span as long before this one.
        var secondsBefore: Int64 = 0

        static let table = "total"
        static let alias = "w"
        static let selected = selectList()

        /// Over `total w` and `before b`.
        static func map(_ row: inout some ColumnVisitor, _ total: inout Total) {
            row.column("lines", &total.lines)
            row.column("seconds", &total.seconds)
            row.column("billable", &total.billableSeconds)
            row.column("entries", &total.entries)
            row.column("value", &total.value)
            row.computed("b.seconds", &total.secondsBefore)
        }
    }

    struct Request: Sendable {
        let group: Group
        /// Days since 2000-01-01; the last one is part of the span.
        let first: Int32
        let last: Int32
        let projectID: Int64?
        /// Nil = everybody.
        let userID: Int64?
        let zone: String
    }

    let lines: [Line]
    let total: Total

    /// Lines that a page shows, and those that a file has at most.
    static let (shown, exported) = (500, 100_000)

    static func load(_ request: Request, most: Int = shown, _ db: PostgresClient) async throws -> ReportTable {
        let rows = try await db.query(statement(request, most))
        return ReportTable(
            lines: try ModelRows(joined: rows, from: Total.columnCount).all(),
            total: try rows.first.map { try Total($0) } ?? Total())
    }

    private static func statement(_ request: Request, _ most: Int) -> Statement {
        var sql = SQL("with bounds as materialized (select ")
        let length = request.last - request.first + 1
        sql.add(LocalDay.start(of: request.first, zone: request.zone, in: &sql) + " as since, ")
        sql.add(LocalDay.start(of: request.last + 1, zone: request.zone, in: &sql) + " as until, ")
        sql.add(LocalDay.start(of: request.first - length, zone: request.zone, in: &sql) + " as before)")
        var filter = "x.end_time is not null"
        if let project = request.projectID { filter += " and x.project_id = \(sql.bind(.int(project)))" }
        if let user = request.userID { filter += " and x.user_id = \(sql.bind(.int(user)))" }
        let zone = sql.bind(.text(request.zone))
        let tags =
            request.group == .tag
            ? "cross join lateral (select trim(n) as name from unnest(string_to_array(coalesce(nullif(trim(e.tags), ''), 'No tag'), ',')) n where trim(n) <> '') tag"
            : ""
        let group = request.group
        sql.add(
            """
            , e as (
                select x.*, x.start_time at time zone \(zone) as local from time_entries x, bounds b
                where x.start_time >= b.since and x.start_time < b.until and \(filter)
            ), before as (
                select coalesce(sum(x.duration_seconds), 0)::bigint as seconds from time_entries x, bounds b
                where x.start_time >= b.before and x.start_time < b.since and \(filter)
            ), sums as (
                select \(group.key) as key, min(\(group.name)) as name, sum(e.duration_seconds)::bigint as seconds,
                       coalesce(sum(e.duration_seconds) filter (where e.billable), 0)::bigint as billable, count(*) as entries,
                       round(coalesce(sum(e.duration_seconds
                           * coalesce(p.hourly_rate, c.default_hourly_rate, pc.default_hourly_rate, 0))
                           filter (where e.billable), 0) / 3600, 2) as value
                from e left join projects p on p.id = e.project_id left join clients pc on pc.id = p.client_id
                left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id
                left join users u on u.id = e.user_id \(tags)
                group by 1
            ), total as (
                select count(*) as lines, coalesce(sum(seconds), 0)::bigint as seconds,
                       coalesce(sum(billable), 0)::bigint as billable, coalesce(sum(entries), 0)::bigint as entries,
                       coalesce(sum(value), 0) as value
                from sums
            )
            select \(Total.selected), \(Line.selected)
            from before b cross join total w left join sums s on true
            order by \(group.isTime ? "s.key" : "s.seconds desc, s.name, s.key") limit \(most)
            """)
        return sql.statement
    }
}
