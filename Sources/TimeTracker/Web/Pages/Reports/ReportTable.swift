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

    struct Line: Sendable {
        let key: Int64
        let name: String
        let seconds: Int64
        let billableSeconds: Int64
        let entries: Int64
        /// Hundredths; by the same rates as the dashboard.
        let value: Int64
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
    /// Of the span as long before this one.
    let secondsBefore: Int64
    /// Of all lines, those included that are not among ``lines``.
    let count: Int64
    let seconds: Int64
    let billableSeconds: Int64
    let entries: Int64
    let value: Int64

    /// Lines that a page shows, and those that a file has at most.
    static let (shown, exported) = (500, 100_000)

    private init(_ rows: [Row]) {
        let first = rows.first
        secondsBefore = first?.int(0) ?? 0
        count = first?.int(1) ?? 0
        seconds = first?.int(2) ?? 0
        billableSeconds = first?.int(3) ?? 0
        entries = first?.int(4) ?? 0
        value = first?.hundredthsOrNull(5) ?? 0
        lines = rows.filter { !$0.isNull(6) }.map {
            Line(
                key: $0.int(6), name: $0.string(7), seconds: $0.int(8), billableSeconds: $0.int(9),
                entries: $0.int(10), value: $0.hundredthsOrNull(11) ?? 0)
        }
    }

    static func load(_ request: Request, most: Int = shown, _ db: PostgresClient) async throws -> ReportTable {
        ReportTable(Array(try await db.query(statement(request, most))))
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
            select b.seconds, w.lines, w.seconds, w.billable, w.entries, w.value,
                   s.key, s.name, s.seconds, s.billable, s.entries, s.value
            from before b cross join total w left join sums s on true
            order by \(group.isTime ? "s.key" : "s.seconds desc, s.name, s.key") limit \(most)
            """)
        return sql.statement
    }
}
