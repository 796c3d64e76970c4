import Logging
import Postgres

/// Timers whose clients have fallen silent: they are marked and webhooks told, and when that changes nothing they are
/// stopped at the last heartbeat. Any number of processes may look at the same time.
struct IdleTimers: Sendable {
    let db: PostgresClient
    let logger: Logger
    /// Called with the user of a changed timer, whose figures may have changed with it; waits for nothing.
    let onChange: @Sendable (_ userID: Int64) -> Void

    /// Over `time_entries e` and `settings s`. A timer that has never had a heartbeat has none that is too old.
    private static let isSilent = """
        e.end_time is null and e.paused_at is null and e.idle_notified_at is null
        and e.last_heartbeat_at < clock_timestamp() - make_interval(mins => s.idle_timeout_minutes)
        """
    /// A heartbeat takes the mark away.
    private static let isGivenUp = """
        e.end_time is null and e.paused_at is null and e.last_heartbeat_at is not null
        and e.idle_notified_at <= clock_timestamp() - interval '5 minutes'
        """

    /// Looks once.
    func run() async {
        await each(Self.isSilent, mark)
        await each(Self.isGivenUp, stop)
    }

    /// Each timer in a transaction of its own, so that one that can't be handled doesn't keep the others waiting.
    private func each(
        _ condition: String,
        _ handle: @escaping @Sendable (Idle, PostgresTransaction) async throws -> Void
    ) async {
        do {
            let ids = try await db.query(
                Statement("select e.id from time_entries e, settings s where \(condition) order by e.id")
            ).map { $0.int(0) }
            for id in ids where !Task.isCancelled { await once(id, condition, handle) }
        } catch {
            logger.warning("idle timers were not looked at", metadata: ["detail": "\(error)"])
        }
    }

    private func once(
        _ id: Int64, _ condition: String, _ handle: @Sendable (Idle, PostgresTransaction) async throws -> Void
    ) async {
        let select = Statement(
            """
            select \(Idle.selected) from time_entries e cross join settings s \(TimeEntry.joins)
            where e.id = $1 and \(condition) for update of e skip locked
            """, [.int(id)])
        do {
            let user = try await db.transaction { tx -> Int64? in
                // Nothing: its user was faster, or another process is at it.
                guard let row = try await tx.query(select).first else { return nil }
                let idle = try Idle(row)
                try await handle(idle, tx)
                return idle.entry.userID.number
            }
            if let user { onChange(user) }
        } catch {
            logger.warning("idle timer left as it is", metadata: ["entry": "\(id)", "detail": "\(error)"])
        }
    }

    @Sendable private func mark(_ idle: Idle, in tx: PostgresTransaction) async throws {
        var entry = idle.entry
        let rows = try await tx.query(
            Statement(
                """
                update time_entries set idle_notified_at = date_trunc('second', clock_timestamp()) where id = $1
                returning idle_notified_at
                """, [entry.id.parameter]))
        entry.idleNotifiedAt = rows.first.map { Instant($0.timestamp(0)) }
        try await record([.idle], entry, idle, in: tx)
    }

    @Sendable private func stop(_ idle: Idle, in tx: PostgresTransaction) async throws {
        var entry = idle.entry
        // The start may have been moved behind the heartbeat.
        entry.stop(at: max(entry.lastHeartbeatAt ?? .none, entry.start + 1), rounding: idle.rounding)
        let rows = try await tx.query(
            Statement(
                """
                update time_entries set end_time = $2, duration_seconds = $3::int, updated_at = clock_timestamp()
                where id = $1 returning updated_at
                """, [entry.id.parameter, entry.end.parameter, entry.durationSeconds.parameter]))
        entry.updatedAt = rows.first.map { Instant($0.timestamp(0)) } ?? entry.updatedAt
        try await record([.stopped, .updated], entry, idle, in: tx)
        logger.info("stopped an idle timer", metadata: ["entry": "\(entry.id)"])
    }

    private func record(
        _ actions: [ChangeAction], _ entry: TimeEntry, _ idle: Idle, in tx: PostgresTransaction
    ) async throws {
        let changes = actions.map { action in
            Change(action, entry, by: idle.owner, reason: action == .updated ? nil : idle.reason) { json in
                json.key("reason")
                json.value("idle")
            }
        }
        var sql = SQL("with ")
        sql.add(ChangeRecord.expressions(changes, origin: ChangeOrigin(userID: entry.userID.number), in: &sql))
        sql.add(" select 1")
        _ = try await tx.query(sql.statement)
    }
}

/// A timer whose user is idle, and what has to be known to stop it.
private struct Idle: RowProjection {
    var entry = TimeEntry()
    var fullName: String?
    var preference = RoundingPreference()
    /// The installation's.
    var roundingMinutes = 1
    var timeoutMinutes: Int64 = 0

    static let table = TimeEntry.table
    static let alias = TimeEntry.alias
    static let selected = selectList()

    /// Over `time_entries e`, what ``TimeEntry/joins`` adds, and `settings s`.
    static func map(_ row: inout some ColumnVisitor, _ idle: inout Idle) {
        row.model(&idle.entry)
        row.computed("u.full_name", &idle.fullName)
        row.model(&idle.preference)
        row.computed("s.rounding_minutes", &idle.roundingMinutes)
        row.computed("s.idle_timeout_minutes", &idle.timeoutMinutes)
    }

    /// In whose name it is done.
    var owner: ChangeActor {
        ChangeActor(userID: entry.userID.number, username: entry.username ?? "", fullName: fullName)
    }

    var rounding: Rounding { preference.effective(settingsMinutes: roundingMinutes) }

    var reason: String {
        let last = entry.lastHeartbeatAt.map { " since \($0.text)" } ?? ""
        return "no activity\(last); the limit is \(timeoutMinutes) minutes"
    }
}
