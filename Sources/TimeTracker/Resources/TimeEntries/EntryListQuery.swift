import Postgres

/// The statement behind a list of time entries: the total is kept or counted in an index, and the page is found in an
/// index in the order of the list, so that no filter reads the entries that don't match.
struct EntryListQuery {
    let filter: TimeEntryList.Filter
    /// The app time zone.
    let zone: String

    /// Pages from here on are found by way of the days that come before them.
    private static let far = 2000

    /// Its rows are read with `PageQuery.read`; a ``TimeEntry`` begins at column 1.
    func statement(_ page: PageRequest) -> Statement {
        var sql = SQL()
        let span = Span(filter, zone: zone, in: &sql)
        if let tag = filter.tag, !filter.hasPlace { return tagged(tag, page, span, sql) }
        if filter.hasFlags || (isEverybodys && page.offset >= Self.far) { return sought(page, span, sql) }
        let conditions = conditions("e", span, in: &sql)
        let query = PageQuery(
            total: total("e", span, conditions, in: &sql),
            page: "select e.* from time_entries e where \(conditions)",
            order: "e.start_time desc, e.id desc")
        return query.statement(sql, page, columns: TimeEntry.selected, alias: "e", joins: TimeEntry.joins)
    }

    // MARK: The ways to a page

    /// Entries with certain flags may be rare, and those of a late page far away. Where they are is seen in an index; only
    /// those of the page are read.
    private func sought(_ page: PageRequest, _ span: Span, _ sql: SQL) -> Statement {
        var sql = sql
        let conditions = conditions("k", span, in: &sql)
        var query = PageQuery(
            total: total("k", span, conditions, in: &sql), page: "", order: "k.start_time desc, k.id desc")
        var bound = ""
        if isEverybodys, page.offset >= Self.far {
            let offset = sql.bind(.int(Self.offset(page)))
            query.prelude = "skip as materialized (\(days(span, "k", conditions).skip(offset))), "
            query.offset = "\(offset) - (select passed from skip)"
            bound = " and k.start_time < (select until from skip)"
        }
        let select = "select k.id, k.start_time from time_entries k where"
        if isEverybodys, filter.hasFlags {
            // In the index both flags come before the time: each pair of flags is in order, all together are not.
            let rest = self.conditions("k", span, flags: false, in: &sql)
            let offset = query.offset ?? (page.offset > 0 ? sql.bind(.int(Self.offset(page))) : nil)
            let limit = "limit \(page.perPage)" + (offset.map { " + \($0)" } ?? "")
            let parts = flagPairs.map {
                """
                (\(select) k.billable = \($0.billable) and k.paid = \($0.paid) and \(rest)\(bound)
                 order by \(query.order) \(limit))
                """
            }
            query.page = "select k.id, k.start_time from (\(parts.joined(separator: " union all "))) k"
        } else {
            query.page = "\(select) \(conditions)\(bound)"
        }
        return Self.lookUp(query, id: "id", page, sql)
    }

    /// Tags have a table of their own, in the same order.
    private func tagged(_ tag: String, _ page: PageRequest, _ span: Span, _ sql: SQL) -> Statement {
        var sql = sql
        let own = TagCondition.entryTag("k", is: tag, in: &sql)
        let conditions = "\(own) and \(conditions("k", span, completed: "k.completed", in: &sql))"
        let total =
            span.isOpen && !filter.hasFlags
            ? EntryCounts.tagged(tag, userID: filter.userID, includesRunning: filter.includesRunning, in: &sql)
            : "(select count(*) from entry_tags k where \(conditions))"
        let query = PageQuery(
            total: total, page: "select k.entry_id, k.start_time from entry_tags k where \(conditions)",
            order: "k.start_time desc, k.entry_id desc")
        return Self.lookUp(query, id: "entry_id", page, sql)
    }

    /// - Parameter query: its page has ids and start times only, and is called `k`.
    private static func lookUp(_ query: PageQuery, id: String, _ page: PageRequest, _ sql: SQL) -> Statement {
        query.statement(
            sql, page, columns: TimeEntry.selected, alias: "k",
            joins: "left join time_entries e on e.id = k.\(id) \(TimeEntry.joins)")
    }

    // MARK: Parts

    /// Small enough to calculate with.
    private static func offset(_ page: PageRequest) -> Int64 { min(page.offset, 1 << 48) }

    /// Whether nothing but flags and the span is filtered by.
    private var isEverybodys: Bool { filter.userID == nil && !filter.hasPlace && filter.tag == nil }

    private var flagPairs: [(billable: Bool, paid: Bool)] {
        (filter.billable.map { [$0] } ?? [true, false]).flatMap { billable in
            (filter.paid.map { [$0] } ?? [true, false]).map { (billable, $0) }
        }
    }

    /// - Parameters:
    ///   - alias: what `conditions` call `time_entries`.
    ///   - conditions: the whole filter.
    private func total(_ alias: String, _ span: Span, _ conditions: String, in sql: inout SQL) -> String {
        if span.isOpen, !filter.hasFlags, !filter.hasPlace, filter.tag == nil {
            return EntryCounts.expression(userID: filter.userID, includesRunning: filter.includesRunning, in: &sql)
        }
        return isEverybodys
            ? days(span, alias, conditions).total : "(select count(*) from time_entries \(alias) where \(conditions))"
    }

    private func days(_ span: Span, _ alias: String, _ conditions: String) -> EntryDays {
        EntryDays(
            first: span.first, last: span.last, billable: filter.billable, paid: filter.paid,
            includesRunning: filter.includesRunning, alias: alias, conditions: conditions)
    }

    /// - Parameters:
    ///   - alias: of `time_entries`, or of `entry_tags`, whose columns have the same names.
    ///   - completed: SQL condition for what is no running timer; nil = as `time_entries` tells.
    ///   - flags: whether to ask for them too.
    private func conditions(
        _ alias: String, _ span: Span, completed: String? = nil, flags: Bool = true, in sql: inout SQL
    ) -> String {
        var conditions = [filter.includesRunning ? "true" : completed ?? "\(alias).end_time is not null"]
        func equals(_ column: String, _ value: PostgresValue?) {
            if let value { conditions.append("\(alias).\(column) = \(sql.bind(value))") }
        }
        equals("user_id", filter.userID.map { .int($0) })
        equals("project_id", filter.projectID.map { .int($0) })
        equals("task_id", filter.taskID.map { .int($0) })
        equals("client_id", filter.clientID.map { .int($0) })
        if flags {
            equals("billable", filter.billable.map { .bool($0) })
            equals("paid", filter.paid.map { .bool($0) })
        }
        if let first = span.first { conditions.append("\(alias).start_time >= \(first)") }
        if let last = span.last { conditions.append("\(alias).start_time <= \(last)") }
        if let tag = filter.tag, filter.hasPlace {
            conditions.append(TagCondition.entry(alias, carries: tag, in: &sql))
        }
        return conditions.joined(separator: " and ")
    }

    /// The span of time in SQL.
    private struct Span {
        let first: String?
        let last: String?

        init(_ filter: TimeEntryList.Filter, zone: String, in sql: inout SQL) {
            first = filter.start.map { WallTime.expression($0, zone: zone, in: &sql) }
            last = filter.end.map { WallTime.expression($0, zone: zone, in: &sql) }
        }

        var isOpen: Bool { first == nil && last == nil }
    }
}

extension TimeEntryList.Filter {
    fileprivate var hasFlags: Bool { billable != nil || paid != nil }
    fileprivate var hasPlace: Bool { projectID != nil || taskID != nil || clientID != nil }
}
