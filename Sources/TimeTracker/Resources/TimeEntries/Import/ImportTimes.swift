import Postgres

/// Times of an import as instants, looked up in one statement.
struct ImportTimes {
    /// The database's clock.
    let now: Int64
    private let order: ImportDateOrder
    private var instants: [Int64: Int64] = [:]
    private let isUTC: Bool

    init(_ rows: [ImportRow], _ order: ImportDateOrder, _ context: Context, in tx: PostgresTransaction) async throws {
        self.order = order
        isUTC = context.settings.isUTC
        var walls: Set<Int64> = []
        if !isUTC {
            for row in rows {
                if case .wall(let wall)? = row.span.start.input(order) { walls.insert(wall) }
                if case .wall(let wall)? = row.span.end?.input(order) { walls.insert(wall) }
            }
        }
        let statement = Statement(
            """
            select clock_timestamp(), w, (timestamp '2000-01-01' + w * interval '1 microsecond') at time zone $2
            from (select 1) one left join unnest($1::bigint[]) w on true
            """, [.intArray(Array(walls)), .text(context.settings.timezone)])
        let rows = try await tx.query(statement)
        now = rows.first?.timestamp(0) ?? 0
        for row in rows {
            if let wall = row.intOrNull(1) { instants[wall] = row.timestamp(2) }
        }
    }

    /// Nil for a time that is none in the order of the file's dates.
    func instant(_ time: ImportTime) -> Int64? {
        switch time.input(order) {
        case .instant(let instant): instant
        case .wall(let wall): isUTC ? wall : instants[wall] ?? wall
        case nil: nil
        }
    }
}

/// Where the next entry of a day begins of which only the lengths of its entries are known.
struct ImportDays {
    private struct Key: Hashable {
        let userID: Int64
        let start: Int64
    }

    private var taken: [Key: Int64] = [:]

    func start(of span: ImportSpan, userID: Int64, _ start: Int64) -> Int64 {
        span.isWithinDay ? start + (taken[Key(userID: userID, start: start)] ?? 0) : start
    }

    mutating func take(_ span: ImportSpan, userID: Int64, _ start: Int64) {
        guard span.isWithinDay, let seconds = span.durationSeconds else { return }
        taken[Key(userID: userID, start: start), default: 0] += seconds * 1_000_000
    }
}
