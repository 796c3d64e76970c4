import Postgres

/// Spans of time that a user has booked already, or books in this import (setting `prevent_overlapping_entries`).
struct ImportOverlaps {
    private var booked = DisjointSpans()
    /// Of this import, apart from the others, of which there may be many more.
    private var taken = DisjointSpans()
    private let isChecked: Bool

    init(_ rows: [ImportRow], _ times: ImportTimes, _ context: Context, in tx: PostgresTransaction) async throws {
        isChecked = context.settings.preventsOverlap && !context.principal.isAdmin
        guard isChecked, !rows.isEmpty else { return }
        var first = Int64.max
        var last = Int64.min
        var withinDay: Int64 = 0
        for row in rows {
            guard let start = times.instant(row.span.start) else { continue }
            let length = (row.span.durationSeconds ?? 0) * 1_000_000
            if row.span.isWithinDay { withinDay += length }
            first = min(first, start)
            last = max(last, row.span.end.flatMap(times.instant) ?? start + length)
        }
        guard first <= last else { return }
        let user = context.principal.userID
        let rows = try await tx.pipeline([
            EntryWriter.lock(userID: ID(user)),
            Statement(
                """
                select start_time, end_time from time_entries
                where user_id = $1 and end_time > $2 and start_time < $3 order by start_time
                """, [.int(user), .timestamp(first), .timestamp(last + withinDay)]),
        ])
        for row in rows[1] { booked.append(row.timestamp(0), row.timestamp(1)) }
    }

    func contains(_ entry: TimeEntry) -> Bool {
        guard isChecked, let end = entry.end else { return false }
        let span = (entry.start.microseconds, end.microseconds)
        return booked.overlap(span.0, span.1) || taken.overlap(span.0, span.1)
    }

    mutating func take(_ entry: TimeEntry) {
        if isChecked, let end = entry.end { taken.insert(entry.start.microseconds, end.microseconds) }
    }
}

/// Spans in order, none of which overlaps another.
struct DisjointSpans {
    private var spans: [(start: Int64, end: Int64)] = []

    /// Takes up spans that come in the order of their starts and may overlap.
    mutating func append(_ start: Int64, _ end: Int64) {
        if let last = spans.last, start < last.end {
            spans[spans.count - 1].end = max(last.end, end)
        } else {
            spans.append((start, end))
        }
    }

    /// Takes up a span that overlaps none of them.
    mutating func insert(_ start: Int64, _ end: Int64) {
        spans.insert((start, end), at: index(endingAfter: start))
    }

    func overlap(_ start: Int64, _ end: Int64) -> Bool {
        let index = index(endingAfter: start)
        return index < spans.count && spans[index].start < end
    }

    /// The first that ends after an instant; ends are in order because spans are disjoint.
    private func index(endingAfter instant: Int64) -> Int {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].end > instant { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
