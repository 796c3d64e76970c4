import Postgres

/// What tabs and devices of a user have to agree on: which timer runs in which state, and how far the user's entries have
/// come.
struct TimerState: Sendable, Equatable {
    /// Tells the states of the timer apart.
    let timer: String
    /// Id of the latest recorded change of an entry by the user; 0 = none.
    let revision: Int64

    static let none = Self(timer: "none", revision: 0)

    init(timer: String, revision: Int64) {
        self.timer = timer
        self.revision = revision
    }

    init(_ timer: TimeEntry?, revision: Int64) {
        self.init(
            timer: timer.map { Self.version($0.id.number, $0.updatedAt.microseconds, isIdle: $0.isIdleNotified) }
                ?? "none",
            revision: revision)
    }

    /// A heartbeat leaves `updated_at` alone, so idleness is told besides.
    private static func version(_ id: Int64, _ updatedAt: Int64, isIdle: Bool) -> String {
        "\(id)-\(updatedAt)\(isIdle ? "-idle" : "")"
    }

    /// SQL for a revision.
    static func revision(userID: String) -> String {
        """
        (select a.id from activities a where a.user_id = \(userID) and a.entity_type = 'time_entry'
         order by a.created_at desc, a.id desc limit 1)
        """
    }

    private static let select = """
        select \(Stored.selected)
        from unnest($1::bigint[]) as u (id) left join lateral (
            select * from time_entries r where r.user_id = u.id and r.end_time is null
            order by r.start_time desc, r.id desc limit 1) t on true
        """

    /// The states of some users.
    static func load(_ users: [Int64], _ db: PostgresClient) async throws -> [Int64: TimerState] {
        var states: [Int64: TimerState] = [:]
        for stored in try ModelRows<Stored>(try await db.query(Statement(select, [.intArray(users)]))).all() {
            var timer: String?
            if let id = stored.id, let updatedAt = stored.updatedAt {
                timer = version(id, updatedAt.microseconds, isIdle: stored.isIdle)
            }
            states[stored.userID] = TimerState(timer: timer ?? "none", revision: stored.revision ?? 0)
        }
        return states
    }

    private struct Stored: RowProjection {
        var userID: Int64 = 0
        /// Nil when none runs.
        var id: Int64?
        var updatedAt: Instant?
        var isIdle = false
        var revision: Int64?

        static let table = "time_entries"
        static let alias = "t"
        static let selected = selectList()

        /// Over the users `u` and their running `time_entries t`.
        static func map(_ row: inout some ColumnVisitor, _ stored: inout Stored) {
            row.computed("u.id", &stored.userID)
            row.column("id", &stored.id)
            row.column("updated_at", &stored.updatedAt)
            row.computed("t.idle_notified_at is not null", &stored.isIdle)
            row.computed(TimerState.revision(userID: "u.id"), &stored.revision)
        }
    }
}
