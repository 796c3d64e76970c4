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
            select \(TimeEntry.entryColumns), \(TimeEntry.nameColumns), u.full_name, u.time_rounding_enabled,
                   u.time_rounding_minutes, u.time_rounding_method, s.rounding_minutes, s.idle_timeout_minutes
            from time_entries e cross join settings s \(TimeEntry.nameJoins)
            where e.id = $1 and \(condition) for update of e skip locked
            """, [.int(id)])
        do {
            let user = try await db.transaction { tx -> Int64? in
                // Nothing: its user was faster, or another process is at it.
                guard let row = try await tx.query(select).first else { return nil }
                let idle = Idle(row)
                try await handle(idle, tx)
                return idle.entry.userID
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
                """, [.int(entry.id)]))
        entry.idleNotifiedAt = rows.first?.timestamp(0)
        try await record([.idle], entry, idle, in: tx)
    }

    @Sendable private func stop(_ idle: Idle, in tx: PostgresTransaction) async throws {
        var entry = idle.entry
        // The start may have been moved behind the heartbeat.
        entry.stop(at: max(entry.lastHeartbeatAt ?? 0, entry.start + 1_000_000), rounding: idle.rounding)
        let rows = try await tx.query(
            Statement(
                """
                update time_entries set end_time = $2, duration_seconds = $3::int, updated_at = clock_timestamp()
                where id = $1 returning updated_at
                """, [.int(entry.id), .init(timestamp: entry.end), .init(entry.durationSeconds)]))
        entry.updatedAt = rows.first?.timestamp(0) ?? entry.updatedAt
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
        sql.add(ChangeRecord.expressions(changes, origin: ChangeOrigin(userID: entry.userID), in: &sql))
        sql.add(" select 1")
        _ = try await tx.query(sql.statement)
    }
}

/// A timer whose user is idle, and what has to be known to stop it.
private struct Idle: Sendable {
    let entry: TimeEntry
    /// In whose name it is done.
    let owner: ChangeActor
    let rounding: Rounding
    let timeoutMinutes: Int64

    init(_ row: Row) {
        var columns = ColumnReader(row)
        entry = TimeEntry(&columns)
        owner = ChangeActor(userID: entry.userID, username: entry.username ?? "", fullName: columns.stringOrNull())
        rounding = RoundingPreference(
            isEnabled: columns.bool(), minutes: Int(columns.int()),
            method: RoundingMethod(rawValue: columns.string()) ?? .nearest
        ).effective(settingsMinutes: Int(columns.int()))
        timeoutMinutes = columns.int()
    }

    var reason: String {
        let last = entry.lastHeartbeatAt.map { " since \(InstantFormat.text($0))" } ?? ""
        return "no activity\(last); the limit is \(timeoutMinutes) minutes"
    }
}
