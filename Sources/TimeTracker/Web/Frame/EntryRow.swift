import Postgres

/// A time entry in a list, with its times as the person's clocks show them.
struct EntryRow: Sendable {
    let entry: TimeEntry
    /// Naive microseconds since 2000-01-01 in the person's zone.
    let start: Int64
    let end: Int64?

    /// The day on which it starts.
    var day: Int32 { InstantFormat.split(start).days }

    /// What the partial `entry` asks for.
    ///
    /// - Parameters:
    ///   - now: what a running timer counts to.
    ///   - showsDay: whether the day stands beside the times.
    func values(_ call: Call, now: Int64, showsDay: Bool = false) -> [String: Any] {
        let format = call.format
        let principal = call.principal
        let place = Place(entry).name
        let seconds = entry.shownSeconds(now: now)
        let exact = EntryDuration.wholeSeconds(from: entry.start, to: entry.end ?? now) - entry.breakSeconds
        let times = "\(format.time(start)) – \(end.map(format.time) ?? "now")"
        return [
            "id": "\(entry.id)", "notes": entry.notes ?? "", "has_notes": entry.notes?.isEmpty == false,
            "place_name": place, "has_project": entry.projectID != nil, "tags": Tags.split(entry.tags),
            "is_paid": entry.isPaid, "is_billable": entry.isBillable, "is_running": entry.isRunning,
            "has_owner": entry.userID != principal.userID, "is_own": entry.userID == principal.userID,
            "owner": entry.username ?? "",
            "start": format.time(start), "end": end.map { Self.ending($0, start, format) } ?? "running",
            "has_day": showsDay, "day": format.date(day), "duration": PersonFormat.duration(seconds),
            "is_rounded": !entry.isRunning && abs(exact - seconds) >= 60, "exact": PersonFormat.duration(max(0, exact)),
            "spoken": "\(entry.notes.map { RawText($0).prefix(codePoints: 60).unchecked } ?? place), \(times)",
        ]
    }

    /// An end on another day says how many days later.
    private static func ending(_ end: Int64, _ start: Int64, _ format: PersonFormat) -> String {
        let days = InstantFormat.split(end).days - InstantFormat.split(start).days
        return days > 0 ? "\(format.time(end)) +\(days)" : format.time(end)
    }

    /// Rows with the times of entries in a zone; one round trip, none in UTC.
    static func rows(_ entries: [TimeEntry], zone: String, _ db: PostgresClient) async throws -> [EntryRow] {
        guard zone != "UTC", zone != "Etc/UTC", !entries.isEmpty else {
            return entries.map { EntryRow(entry: $0, start: $0.start, end: $0.end) }
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
            """, [.text(zone), .intArray(entries.map(\.start)), .intArray(entries.map { $0.end ?? $0.start })])
        guard let row = try await db.query(statement).first else { throw APIError.internalError }
        let (starts, ends) = (row.intArray(0), row.intArray(1))
        return entries.enumerated().map { index, entry in
            EntryRow(entry: entry, start: starts[index], end: entry.end.map { _ in ends[index] })
        }
    }

    /// Days with their entries, in the order of the entries, each with its total.
    static func days(_ rows: [EntryRow], _ call: Call, now: Int64) -> [[String: Any]] {
        var days: [(day: Int32, rows: [EntryRow])] = []
        for row in rows {
            if days.last?.day == row.day {
                days[days.count - 1].rows.append(row)
            } else {
                days.append((row.day, [row]))
            }
        }
        return days.map { day in
            [
                "heading": call.format.longDate(day.day),
                "sum": PersonFormat.duration(day.rows.reduce(0) { $0 + $1.entry.shownSeconds(now: now) }),
                "entries": day.rows.map { $0.values(call, now: now) },
            ]
        }
    }
}

extension Pagination {
    /// What the partial `pager` asks for: addresses of the neighbours, the query's other parameters kept.
    func values(_ exchange: Exchange) -> [String: Any] {
        let first = (page - 1) * perPage + 1
        func address(_ page: Int64) -> String {
            let others = exchange.rawQuery.split(separator: "&").filter { !$0.hasPrefix("page=") }
            return exchange.path + "?" + (others + ["page=\(page)"]).joined(separator: "&")
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
