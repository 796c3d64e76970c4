import Postgres

/// The sign that a user is at work.
enum Heartbeat {
    /// The newest timer's client sends it, but it is the user who is at work: older timers whose clients had sent
    /// heartbeats would else be taken for idle. Nobody has edited the entries, so `updated_at` stays.
    private static let update = """
        with timer as (
            select id, last_heartbeat_at, row_number() over (order by start_time desc, id desc) as place
            from time_entries where user_id = $1 and end_time is null
        ), beating as (
            select e.id, e.idle_notified_at is not null as was_idle from time_entries e join timer t on t.id = e.id
            where t.place = 1 or t.last_heartbeat_at is not null order by e.id for update of e
        )
        update time_entries e set last_heartbeat_at = date_trunc('second', clock_timestamp()), idle_notified_at = null
        from beating b where e.id = b.id and e.end_time is null
        returning b.was_idle
        """

    /// - Returns: whether a timer had been found idle.
    /// - Throws: ``APIError`` 400 `no_active_timer`.
    static func take(_ context: Context, in tx: PostgresTransaction) async throws -> Bool {
        let rows = try await tx.query(Statement(update, [.int(context.principal.userID)]))
        guard !rows.isEmpty else { throw TimerLookup.noActiveTimer }
        return rows.contains { $0.bool(0) }
    }
}
