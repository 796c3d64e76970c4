import Postgres

/// Wall times of an import as instants, looked up in one statement.
struct ImportTimes {
    /// The database's clock.
    let now: Int64
    private var instants: [Int64: Int64] = [:]
    private let isUTC: Bool

    init(_ rows: [ImportRow], _ call: Call, in tx: PostgresTransaction) async throws {
        isUTC = call.settings.isUTC
        var walls: Set<Int64> = []
        if !isUTC {
            for time in rows.flatMap({ [$0.start, $0.end].compactMap(\.self) }) {
                if case .wall(let wall) = time { walls.insert(wall) }
            }
        }
        let statement = Statement(
            """
            select clock_timestamp(), w, (timestamp '2000-01-01' + w * interval '1 microsecond') at time zone $2
            from (select 1) one left join unnest($1::bigint[]) w on true
            """, [.intArray(Array(walls)), .text(call.settings.timezone)])
        let rows = try await tx.query(statement)
        now = rows.first?.timestamp(0) ?? 0
        for row in rows {
            if let wall = row.intOrNull(1) { instants[wall] = row.timestamp(2) }
        }
    }

    func instant(_ time: DateTimeInput) -> Int64 {
        switch time {
        case .instant(let instant): instant
        case .wall(let wall): isUTC ? wall : instants[wall] ?? wall
        }
    }
}

/// Spans of time that a user has booked already, or books in this import (setting `prevent_overlapping_entries`).
struct ImportOverlaps {
    /// Disjoint or not, by start; empty where overlaps are allowed.
    private var spans: [(start: Int64, end: Int64)] = []
    private let isChecked: Bool

    init(_ rows: [ImportRow], _ times: ImportTimes, _ call: Call, in tx: PostgresTransaction) async throws {
        isChecked = call.settings.preventsOverlap && !call.principal.isAdmin
        guard isChecked, !rows.isEmpty else { return }
        let starts = rows.map { times.instant($0.start) }
        let ends = rows.enumerated().map { index, row in
            row.end.map(times.instant) ?? starts[index] + (row.durationSeconds ?? 0) * 1_000_000
        }
        let user = call.principal.userID
        let rows = try await tx.pipeline([
            EntryWriter.lock(userID: user),
            Statement(
                """
                select start_time, end_time from time_entries
                where user_id = $1 and end_time > $2 and start_time < $3 order by start_time
                """, [.int(user), .timestamp(starts.min() ?? 0), .timestamp(ends.max() ?? 0)]),
        ])
        spans = rows.last?.map { ($0.timestamp(0), $0.timestamp(1)) } ?? []
    }

    func contains(_ entry: TimeEntry) -> Bool {
        guard isChecked, let end = entry.end else { return false }
        return spans.contains { $0.start < end && $0.end > entry.start }
    }

    mutating func take(_ entry: TimeEntry) {
        if isChecked, let end = entry.end { spans.append((entry.start, end)) }
    }
}
