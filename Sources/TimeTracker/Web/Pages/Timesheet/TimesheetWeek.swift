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
        let weekStart = Int64(call.format.weekStart)
        let rows = try await call.db.query(Statement(select, [user, zone, .init(date: first), .int(weekStart)]))
        guard let head = rows.first else { throw APIError.internalError }
        let (today, start): (Day, Day) = (try head.scalar(0), try head.scalar(1))
        var week = TimesheetWeek(first: start.number, today: today.number)
        for entry in try ModelRows<Entry>(joined: rows, from: 2).all().prefix(most) { week.take(entry) }
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
        select w.today, w.first, \(Entry.selected)
        from week w left join (
            days d join time_entries e on e.user_id = $1 and e.start_time >= d.since and e.start_time < d.until
                and e.end_time is not null
            left join projects p on p.id = e.project_id left join clients pc on pc.id = p.client_id
            left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id) on true
        order by coalesce(p.name, c.name), t.name nulls first, e.start_time, e.id
        limit \(most + 1)
        """

    private struct Entry: RowProjection {
        /// 0..6.
        var day = 0
        var id: Int64 = 0
        var seconds: Int64?
        var endTime = WallTime(0)
        var projectID: Int64?
        var taskID: Int64?
        var clientID: Int64?
        var placeName: String?
        var taskName: String?
        /// Of the project.
        var clientName: String?
        var start = Instant.none
        var end = Instant.none

        static let table = TimeEntry.table
        static let alias = TimeEntry.alias
        static let selected = selectList()

        /// Over `days d`, `time_entries e`, their `projects p`, `tasks t`, `clients c`, and the projects' `clients pc`; $2 is
        /// the person's zone.
        static func map(_ row: inout some ColumnVisitor, _ entry: inout Entry) {
            row.computed("d.n", &entry.day)
            row.column("id", &entry.id)
            row.column("duration_seconds", &entry.seconds)
            row.computed("e.end_time at time zone $2", &entry.endTime)
            row.column("project_id", &entry.projectID)
            row.column("task_id", &entry.taskID)
            row.column("client_id", &entry.clientID)
            row.computed("coalesce(p.name, c.name)", &entry.placeName)
            row.computed("t.name", &entry.taskName)
            row.computed("pc.name", &entry.clientName)
            row.column("start_time", &entry.start)
            row.column("end_time", &entry.end)
        }
    }

    private mutating func take(_ entry: Entry) {
        let day = entry.day
        var place = Place(
            projectID: entry.projectID, taskID: entry.taskID,
            clientID: entry.projectID == nil ? entry.clientID : nil)
        place.name = [entry.placeName, entry.taskName].compactMap(\.self).joined(separator: " › ")
        place.clientName = entry.clientName ?? ""
        let index = index(of: place)
        lines[index].cells[day].seconds += entry.seconds ?? 0
        lines[index].cells[day].entries.append(entry.id)
        spans[day].append((entry.start.microseconds, entry.end.microseconds))
        ends[day] = max(ends[day] ?? .min, entry.endTime.microseconds)
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
