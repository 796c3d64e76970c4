import Postgres

/// The completed entries of a person's week, added up by place and day.
struct TimesheetWeek: Sendable {
    struct Cell: Sendable {
        var seconds: Int64 = 0
        /// Ids, by start.
        var entries: [Int64] = []
    }

    struct Line: Sendable {
        var place: Place
        /// One for each of the seven days.
        var cells = [Cell](repeating: Cell(), count: 7)

        var seconds: Int64 { cells.reduce(0) { $0 + $1.seconds } }
    }

    /// Days since 2000-01-01.
    let first: Int32
    let today: Int32
    private(set) var lines: [Line] = []
    /// Where the line of a place is.
    private var indices: [Place.Key: Int] = [:]
    /// Whether the week has more entries than a grid adds up.
    private(set) var isCut = false
    /// For each day where the last entry ends, as a wall time; nil on days without one.
    private(set) var ends = [Int64?](repeating: nil, count: 7)

    /// Instants of the starts and ends of each day's entries.
    private var spans = [[(start: Int64, end: Int64)]](repeating: [], count: 7)

    /// Entries of a week, which nobody books by hand.
    private static let most = 500

    /// One statement: the week's entries, and today.
    ///
    /// - Parameter first: the week's first day; nil = the one in which today lies.
    static func load(_ first: Int32?, _ call: Call) async throws -> TimesheetWeek {
        let user = PostgresValue.int(call.principal.userID)
        let zone = PostgresValue.text(call.zone)
        let start = Int64(call.format.weekStart)
        let rows = try await call.db.query(Statement(select, [user, zone, .init(date: first), .int(start)]))
        guard let head = rows.first else { throw APIError.internalError }
        var week = TimesheetWeek(first: head.date(1), today: head.date(0))
        for row in rows.prefix(most) where !row.isNull(2) { week.take(row) }
        week.isCut = rows.count > most
        return week
    }

    private static let select = """
        with clock as (select \(LocalDay.day(of: "now()", zone: "$2")) as today),
        week as materialized (
            select today, coalesce($3::date, today - (extract(dow from today)::int - $4::int + 7) % 7) as first from clock
        ), days as materialized (
            select n, \(LocalDay.start(of: "(first + n)", zone: "$2")) as since,
                   \(LocalDay.start(of: "(first + n + 1)", zone: "$2")) as until
            from week, generate_series(0, 6) as n
        )
        select w.today, w.first, d.n, e.id, e.duration_seconds::bigint, e.end_time at time zone $2,
               e.project_id, e.task_id, e.client_id, coalesce(p.name, c.name), t.name, pc.name, e.start_time, e.end_time
        from week w left join (
            days d join time_entries e on e.user_id = $1 and e.start_time >= d.since and e.start_time < d.until
                and e.end_time is not null
            left join projects p on p.id = e.project_id left join clients pc on pc.id = p.client_id
            left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id) on true
        order by coalesce(p.name, c.name), t.name nulls first, e.start_time, e.id
        limit \(most + 1)
        """

    private mutating func take(_ row: Row) {
        let day = Int(row.int(2))
        var place = Place(
            projectID: row.intOrNull(6), taskID: row.intOrNull(7),
            clientID: row.isNull(6) ? row.intOrNull(8) : nil)
        place.name = [row.stringOrNull(9), row.stringOrNull(10)].compactMap(\.self).joined(separator: " › ")
        place.clientName = row.stringOrNull(11) ?? ""
        let index = index(of: place)
        lines[index].cells[day].seconds += row.int(4)
        lines[index].cells[day].entries.append(row.int(3))
        spans[day].append((row.timestamp(12), row.timestamp(13)))
        ends[day] = max(ends[day] ?? .min, row.timestamp(5))
    }

    /// The line of a place, made if there is none.
    mutating func index(of place: Place) -> Int {
        if let known = indices[place.key] { return known }
        lines.append(Line(place: place))
        indices[place.key] = lines.count - 1
        return lines.count - 1
    }

    /// What is booked on a place on a day.
    func cell(_ place: Place, day: Int) -> Cell { line(of: place)?.cells[day] ?? Cell() }

    func line(of place: Place) -> Line? { indices[place.key].map { lines[$0] } }

    /// Gives the line of a place, if it has none, the place's names.
    mutating func name(_ place: Place) {
        guard let index = indices[place.key], lines[index].place.name.isEmpty else { return }
        lines[index].place = place
    }

    func gaps(day: Int) -> DayGaps { DayGaps(spans[day]) }
    func seconds(day: Int) -> Int64 { lines.reduce(0) { $0 + $1.cells[day].seconds } }
    var seconds: Int64 { lines.reduce(0) { $0 + $1.seconds } }
}
