import Postgres

/// Sums over time entries, read from `entry_totals` instead of the entries (migration 0004).
enum EntryTotals {
    /// Subquery with the columns `seconds` and `billable_seconds`, over the completed entries of a project.
    static func ofProject(_ id: String) -> String { pair("p", id) }

    /// The same for a task.
    static func ofTask(_ id: String) -> String { pair("t", id) }

    /// Scalar subquery: seconds of a user's completed entries.
    static func ofUser(_ id: String) -> String {
        "select sum(et.seconds)::bigint from entry_totals et where et.kind = 'u' and et.owner_id = \(id)"
    }

    private static func pair(_ kind: String, _ id: String) -> String {
        """
        select sum(et.seconds)::bigint as seconds, sum(et.billable_seconds)::bigint as billable_seconds
        from entry_totals et where et.kind = '\(kind)' and et.owner_id = \(id)
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
