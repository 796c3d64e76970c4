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
        select u.id, t.id, t.updated_at, t.idle_notified_at is not null, \(revision(userID: "u.id"))
        from unnest($1::bigint[]) as u (id) left join lateral (
            select * from time_entries r where r.user_id = u.id and r.end_time is null
            order by r.start_time desc, r.id desc limit 1) t on true
        """

    /// The states of some users.
    static func load(_ users: [Int64], _ db: PostgresClient) async throws(PostgresError) -> [Int64: TimerState] {
        var states: [Int64: TimerState] = [:]
        for row in try await db.query(Statement(select, [.intArray(users)])) {
            let timer = row.intOrNull(1).map { version($0, row.timestamp(2), isIdle: row.bool(3)) }
            states[row.int(0)] = TimerState(timer: timer ?? "none", revision: row.intOrNull(4) ?? 0)
        }
        return states
    }
}
