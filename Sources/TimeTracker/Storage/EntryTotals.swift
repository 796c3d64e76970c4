import Postgres

/// Sums over time entries, read from what is kept of them instead of the entries (migration 0015).
enum EntryTotals {
    /// Seconds of the completed entries of an object; over the joins of ``joins(ofProject:)`` or ``joins(ofTask:)``.
    static let seconds = "coalesce(folded.seconds, 0) + coalesce(pending.seconds, 0)"
    /// Those of the billable ones.
    static let billableSeconds = "coalesce(folded.billable_seconds, 0) + coalesce(pending.billable_seconds, 0)"
    static let columns = "\(seconds), \(billableSeconds)"

    static func joins(ofProject id: String) -> String { joins("p", "project_id", id) }
    static func joins(ofTask id: String) -> String { joins("t", "task_id", id) }

    /// Scalar subquery: seconds of a user's completed entries.
    static func ofUser(_ id: String) -> String {
        "select sum(et.seconds)::bigint from entry_totals et where et.kind = 'u' and et.owner_id = \(id)"
    }

    /// What is pending is grouped once for all rows of a list, however much there is; for a single object the planner asks
    /// for its rows only.
    private static func joins(_ kind: String, _ owner: String, _ id: String) -> String {
        """
        left join entry_totals_folded folded on folded.kind = '\(kind)' and folded.owner_id = \(id)
        left join (
            select d.\(owner), sum(d.seconds)::bigint as seconds,
                   (sum(d.seconds) filter (where d.billable))::bigint as billable_seconds
            from entry_deltas d where d.\(owner) is not null group by d.\(owner)
        ) pending on pending.\(owner) = \(id)
        """
    }
}

/// How many entries there are, without counting them.
enum EntryCounts {
    /// Scalar SQL expression.
    ///
    /// - Parameter userID: nil = everybody's.
    static func expression(userID: Int64?, includesRunning: Bool, in sql: inout SQL) -> String {
        let owner = sql.bind(.int(userID ?? 0))
        return """
            coalesce((select \(sum(includesRunning)) from entry_totals et
                      where et.kind = '\(userID == nil ? "a" : "u")' and et.owner_id = \(owner)), 0)
            """
    }

    /// Those that carry a tag.
    ///
    /// - Parameter userID: nil = everybody's.
    static func tagged(_ tag: String, userID: Int64?, includesRunning: Bool, in sql: inout SQL) -> String {
        let condition = TagCondition.entryTag("et", is: tag, in: &sql)
        let owner = userID.map { " and et.user_id = \(sql.bind(.int($0)))" } ?? ""
        return """
            coalesce((select \(sum(includesRunning)) from entry_tag_totals et where \(condition)\(owner)), 0)
            """
    }

    private static func sum(_ includesRunning: Bool) -> String {
        "sum(et.completed\(includesRunning ? " + et.running" : ""))"
    }
}
