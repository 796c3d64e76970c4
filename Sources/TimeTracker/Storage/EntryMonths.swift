/// Everybody's completed entries in a span of time, added up by project: whole UTC months from kept sums (migration 0015),
/// what the span has before and behind them from the entries.
enum EntryMonths {
    /// SQL query with the columns `project_id`, `seconds`, `billable` and `entries`; reads `first` and `last`, the instants
    /// with which the span begins and ends, from a row `bounds`.
    static let sums = """
        select parts.project_id, sum(parts.seconds)::bigint as seconds, sum(parts.billable)::bigint as billable,
               sum(parts.entries)::bigint as entries
        from (
            select nullif(et.owner_id & ((1::bigint << 40) - 1), 0) as project_id, et.seconds,
                   et.billable_seconds as billable, et.completed as entries
            from entry_totals et
            where et.kind = 'm'
              and et.owner_id >= (select \(month(of: from)) << 40 from bounds)
              and et.owner_id < (select \(month(of: until)) << 40 from bounds)
            union all
            \(entries("e.start_time >= (select first from bounds) and e.start_time < (select \(instant(from)) from bounds)"))
            union all
            \(entries("e.start_time >= (select greatest(\(instant(from)), \(instant(until))) from bounds)"))
        ) parts
        group by parts.project_id
        having sum(parts.entries) > 0
        """

    /// The first month that is wholly in the span, and the first that is not any more, as UTC timestamps.
    private static let from =
        "date_trunc('month', (first at time zone 'UTC') + interval '1 month' - interval '1 microsecond')"
    private static let until = "date_trunc('month', last at time zone 'UTC')"

    private static func instant(_ timestamp: String) -> String { "(\(timestamp) at time zone 'UTC')" }

    /// Months since the year 0.
    private static func month(of timestamp: String) -> String {
        "(extract(year from \(timestamp)) * 12 + extract(month from \(timestamp)))::bigint"
    }

    private static func entries(_ edge: String) -> String {
        """
        select e.project_id, e.duration_seconds::bigint, case when e.billable then e.duration_seconds else 0 end, 1
        from time_entries e
        where \(edge) and e.start_time <= (select last from bounds) and e.end_time is not null
        """
    }
}
