import Postgres

/// A time entry in a list, with its times as the person's clocks show them.
struct EntryRow: Sendable {
    private(set) var entry = TimeEntry()
    private var startTime = WallTime(0)
    private var endTime: WallTime?

    /// Naive microseconds since 2000-01-01 in the person's zone.
    var start: Int64 { startTime.microseconds }
    var end: Int64? { endTime?.microseconds }

    init() {}

    init(entry: TimeEntry, start: Int64, end: Int64?) {
        self.entry = entry
        startTime = WallTime(start)
        endTime = end.map { WallTime($0) }
    }

    /// The day on which it starts.
    var day: Int32 { InstantFormat.split(start).days }

    /// What the partial `entry` asks for.
    ///
    /// - Parameters:
    ///   - now: what a running timer counts to.
    ///   - showsDay: whether the day stands beside the times.
    func values(_ call: Call, now: Instant, showsDay: Bool = false) -> [String: Any] {
        var markup = EntryMarkup(call, now: now)
        markup.showsDay = showsDay
        return values(markup)
    }

    func values(_ markup: EntryMarkup) -> [String: Any] {
        var html = HTMLWriter(capacity: 2048)
        markup.write(self, to: &html)
        return ["row_html": html.finish()]
    }

    /// Rows with the times of entries in a zone; one round trip, none in UTC.
    static func rows(_ entries: [TimeEntry], zone: String, _ db: PostgresClient) async throws -> [EntryRow] {
        guard zone != "UTC", zone != "Etc/UTC", !entries.isEmpty else {
            return entries.map { EntryRow(entry: $0, start: $0.start.microseconds, end: $0.end?.microseconds) }
        }
        // Microseconds since 2000-01-01 UTC.
        func walls(_ array: String) -> String {
            """
            array(select (timestamp '2000-01-01' + t * interval '1 microsecond') at time zone 'UTC' at time zone $1
                         - timestamp '2000-01-01'
                  from unnest(\(array)) with ordinality as u (t, n) order by n)
            """
        }
        let statement = Statement(
            """
            select array(select (extract(epoch from w) * 1000000)::bigint from unnest(\(walls("$2"))) with ordinality as x (w, n) order by n),
                   array(select (extract(epoch from w) * 1000000)::bigint from unnest(\(walls("$3"))) with ordinality as x (w, n) order by n)
            """,
            [
                .text(zone), .intArray(entries.map(\.start.microseconds)),
                .intArray(entries.map { ($0.end ?? $0.start).microseconds }),
            ])
        guard let row = try await db.query(statement).first else { throw APIError.internalError }
        let (starts, ends): ([Int64], [Int64]) = (try row.scalar(0), try row.scalar(1))
        return entries.enumerated().map { index, entry in
            EntryRow(entry: entry, start: starts[index], end: entry.end.map { _ in ends[index] })
        }
    }
}

extension EntryRow: RowProjection {
    static let table = TimeEntry.table
    static let alias = TimeEntry.alias
    static let selected = selectList()

    /// Over what ``TimeEntry`` is read from; $2 is the person's zone.
    static func map(_ row: inout some ColumnVisitor, _ line: inout EntryRow) {
        row.model(&line.entry)
        row.computed("e.start_time at time zone $2", &line.startTime)
        row.computed("e.end_time at time zone $2", &line.endTime)
    }
}

extension Pagination {
    /// What the partial `pager` asks for: addresses of the neighbours, the query's other parameters kept.
    func values(_ exchange: Exchange) -> [String: Any] { values(path: exchange.path, rawQuery: exchange.rawQuery) }

    func values(path: String, rawQuery: String) -> [String: Any] {
        let first = (page - 1) * perPage + 1
        func address(_ page: Int64) -> String {
            let others = rawQuery.split(separator: "&").filter { !$0.hasPrefix("page=") }
            return path + "?" + (others + ["page=\(page)"]).joined(separator: "&")
        }
        return [
            "pager": [
                "range": total == 0 ? "0" : "\(min(first, total))–\(min(first + perPage - 1, total))",
                "total": "\(total)", "has_prev": hasPrevious, "prev": address(max(page - 1, 1)), "has_next": hasNext,
                "next": address(page + 1),
            ] as [String: Any]
        ]
    }
}
