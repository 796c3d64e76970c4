import Postgres

/// The entries of a person's week with where they lie in its days, in the order of their starts.
struct CalendarWeek: Sendable {
    /// A part of an entry on one day; an entry that crosses midnight has two.
    struct Part: Sendable {
        let row: EntryRow
        /// 0..6.
        let day: Int
        /// Minutes after midnight on the day's clocks.
        let from, to: Int
        /// Which of `lanes` side by side it takes, from 0.
        var lane = 0
        var lanes = 1

        /// Whether it shares time with another entry.
        var overlaps: Bool { lanes > 1 }
    }

    /// Days since 2000-01-01.
    let first: Int32
    let today: Int32
    let isCut: Bool
    private(set) var parts: [Part] = []

    private static let most = 500

    /// Of completed entries, each by the day on which it starts.
    private(set) var daySeconds = [Int64](repeating: 0, count: 7)
    var seconds: Int64 { daySeconds.reduce(0, +) }

    /// One statement.
    ///
    /// - Parameter day: a day of the week; nil = today.
    static func load(_ day: Int32?, _ call: Call) async throws -> CalendarWeek {
        let rows = try await call.db.query(
            Statement(
                select,
                [.int(call.principal.userID), .text(call.zone), .init(date: day), .int(Int64(call.format.weekStart))]))
        guard let head = rows.first else { throw APIError.internalError }
        let (today, first, now): (Day, Day, WallTime) = (try head.scalar(0), try head.scalar(1), try head.scalar(2))
        let entries = try ModelRows<EntryRow>(joined: rows, from: 3).all().prefix(most)
        return CalendarWeek(
            first: first.number, today: today.number, isCut: rows.count > most, Array(entries), now: now.microseconds)
    }

    /// - Parameter now: the wall time to which a running timer counts.
    init(first: Int32, today: Int32, isCut: Bool, _ entries: [EntryRow], now: Int64) {
        self.first = first
        self.today = today
        self.isCut = isCut
        for row in entries {
            let index = Int(row.day - first)
            if let seconds = row.entry.durationSeconds, daySeconds.indices.contains(index) {
                daySeconds[index] += seconds
            }
            place(row, until: row.end ?? max(now, row.start))
        }
        arrange()
    }

    /// Cut at every midnight.
    private mutating func place(_ row: EntryRow, until end: Int64) {
        let last = InstantFormat.split(max(end - 1, row.start)).days
        for day in max(row.day, first)...max(min(last, first + 6), max(row.day, first)) where day < first + 7 {
            let midnight = EntryForm.wall(day, 0)
            let from = max(0, (row.start - midnight) / 60_000_000)
            let to = min(24 * 60, (end - midnight + 59_999_999) / 60_000_000)
            guard to > from || row.day == day else { continue }
            parts.append(Part(row: row, day: Int(day - first), from: Int(from), to: max(Int(to), Int(from) + 1)))
        }
    }

    /// Puts those side by side that share time: each into the first lane that is free.
    private mutating func arrange() {
        parts.sort { ($0.day, $0.from, $0.row.entry.id) < ($1.day, $1.from, $1.row.entry.id) }
        var group: [Int] = []
        var ends: [Int] = []
        func close(_ parts: inout [Part]) {
            for index in group { parts[index].lanes = ends.count }
            group = []
            ends = []
        }
        for index in parts.indices {
            let part = parts[index]
            let isApart = group.last.map { parts[$0].day != part.day } ?? false
            if isApart || (ends.max() ?? 0) <= part.from { close(&parts) }
            let lane = ends.firstIndex { $0 <= part.from } ?? ends.count
            if lane == ends.count { ends.append(part.to) } else { ends[lane] = part.to }
            parts[index].lane = lane
            group.append(index)
        }
        close(&parts)
    }

    private static let select = """
        with clock as (select \(LocalDay.day(of: "now()", zone: "$2")) as today),
        shown as materialized (select coalesce($3::date, today) as day, today from clock),
        week as materialized (
            select today, day - (extract(dow from day)::int - $4::int + 7) % 7 as first from shown
        ), bounds as materialized (
            select today, first, \(LocalDay.start(of: "first", zone: "$2")) as since,
                   \(LocalDay.start(of: "(first + 7)", zone: "$2")) as until
            from week)
        select b.today, b.first, now() at time zone $2, \(EntryRow.selected)
        from bounds b left join time_entries e
            on e.user_id = $1 and e.start_time >= b.since - interval '1 day' and e.start_time < b.until
               and (e.end_time is null or e.end_time > b.since)
        \(TimeEntry.joins)
        order by e.start_time, e.id limit \(most + 1)
        """
}
