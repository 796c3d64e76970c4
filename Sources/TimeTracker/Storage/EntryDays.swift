import Postgres

/// Everybody's entries in a span of time and with certain flags, counted by whole UTC days, which are kept
/// (migration 0013), and by what the span has of other days, which is counted among the entries.
struct EntryDays {
    /// SQL of the instant at which the span begins, and of the one with which it ends; nil = never.
    let first: String?
    let last: String?
    let billable: Bool?
    let paid: Bool?
    let includesRunning: Bool
    /// What ``conditions`` call `time_entries`.
    let alias: String
    /// SQL of the whole filter, span included.
    let conditions: String

    /// Scalar SQL expression: how many there are.
    var total: String {
        var parts = ["coalesce((select sum(\(kept)) from entry_totals et where \(wholeDays)), 0)"]
        if let firstDay { parts.append(count("\(alias).start_time < to_timestamp(86400 * \(firstDay))")) }
        if let lastEdge { parts.append(lastEdge) }
        return "(\(parts.joined(separator: " + ")))"
    }

    /// SQL query of one row, for a page far behind the beginning of a list that has the newest first: how many entries the
    /// days have that lie wholly before the page (`passed`), and the instant before which the others start (`until`).
    ///
    /// - Parameter offset: SQL of the number of entries before the page.
    func skip(_ offset: String) -> String {
        """
        select coalesce(max(d.passed), 0)::bigint as passed, coalesce(to_timestamp(86400 * min(d.day)), 'infinity') as until
        from (select et.owner_id >> 2 as day,
                     \(lastEdge ?? "0") + sum(sum(\(kept))) over (order by et.owner_id >> 2 desc) as passed
              from entry_totals et where \(wholeDays) group by et.owner_id >> 2) d
        where d.passed <= \(offset)
        """
    }

    private var kept: String { includesRunning ? "et.completed + et.running" : "et.completed" }

    /// Days since 1970: the first that is wholly in the span, and the first that is not any more.
    private var firstDay: String? { first.map { "ceil(extract(epoch from \($0)) / 86400)" } }
    private var endDay: String? { last.map { "floor(extract(epoch from \($0)) / 86400)" } }

    private var wholeDays: String {
        var conditions = ["et.kind = 'd'"]
        if let firstDay { conditions.append("et.owner_id >= (4 * \(firstDay))::bigint") }
        if let endDay { conditions.append("et.owner_id < (4 * \(endDay))::bigint") }
        if let billable { conditions.append("et.owner_id & 2 = \(billable ? 2 : 0)") }
        if let paid { conditions.append("et.owner_id & 1 = \(paid ? 1 : 0)") }
        return conditions.joined(separator: " and ")
    }

    /// Entries of the day on which the span ends; of a span within one day the beginning is all.
    private var lastEdge: String? {
        guard let endDay else { return nil }
        let midnight = firstDay.map { "greatest(\($0), \(endDay))" } ?? endDay
        return count("\(alias).start_time >= to_timestamp(86400 * \(midnight))")
    }

    private func count(_ edge: String) -> String {
        "(select count(*) from time_entries \(alias) where \(conditions) and \(edge))"
    }
}
