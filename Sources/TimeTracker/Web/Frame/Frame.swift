import Postgres

/// What is around every page of somebody who has signed in: the running timer, and what was worked on lately.
struct Frame: Sendable {
    let timer: TimeEntry?
    /// How far the user's entries have come.
    let revision: Int64
    /// When a sign of work last came, as the person's clocks show it.
    let lastSeenAtWork: String?
    /// The database's clock.
    let now: Instant
    let recent: [Place]

    /// Both are asked for at once, so they are one round trip.
    static func load(_ call: Call) async throws -> Frame {
        async let timer = call.db.query(Statement(timerSelect, [.int(call.principal.userID), .text(call.zone)]))
        async let recent = call.db.query(Statement(recentSelect, [.int(call.principal.userID)]))
        let row = try await timer.first
        let revision = try row?.scalar(1, as: Int64?.self) ?? nil
        let seen = try row?.scalar(2, as: WallTime?.self) ?? nil
        return Frame(
            timer: try row.flatMap { try $0.isNull(3) ? nil : TimeEntry($0, from: 3) },
            revision: revision ?? 0, lastSeenAtWork: seen.map { call.format.time($0.microseconds) },
            now: try row?.scalar(0, as: Instant.self) ?? .now(), recent: try Place.all(try await recent))
    }

    private static let timerSelect = """
        select clock_timestamp(), \(TimerState.revision(userID: "$1")), e.last_heartbeat_at at time zone $2,
               \(TimeEntry.selected) from (select 1) one
        left join lateral (
            select * from time_entries r where r.user_id = $1 and r.end_time is null
            order by r.start_time desc, r.id desc limit 1) e on true
        \(TimeEntry.joins)
        """

    /// The places of the last hundred entries, latest first.
    private static let recentSelect = """
        with latest as (
            select project_id, task_id, max(start_time) as at
            from (select project_id, task_id, start_time from time_entries
                  where user_id = $1 and project_id is not null order by start_time desc, id desc limit 100) r
            group by 1, 2 order by 3 desc limit 8)
        select \(Place.Stored.selected) from latest l join projects p on p.id = l.project_id and p.status = 'active'
        left join clients c on c.id = p.client_id
        left join tasks t on t.id = l.task_id and t.status not in ('done', 'cancelled')
        where l.task_id is null or t.id is not null order by l.at desc
        """

    /// What the timer's template asks for.
    func values(back: String, canWrite: Bool) -> [String: Any] {
        var values: [String: Any] = [
            "version": TimerState(timer, revision: revision).timer, "revision": "\(revision)", "back": back,
            "can_write": canWrite, "now_seconds": "\(Self.unix(now))",
            "recent": recent.map(\.option), "has_recent": !recent.isEmpty,
        ]
        guard let timer else { return values }
        let label = [timer.projectName ?? timer.clientName, timer.taskName].compactMap(\.self).joined(separator: " › ")
        let isPaused = timer.pausedAt != nil
        values["running"] =
            [
                "id": "\(timer.id)", "notes": timer.notes ?? "", "has_notes": timer.notes?.isEmpty == false,
                "label": label, "is_paused": isPaused, "start": "\(Self.unix(timer.start))",
                "away": "\(timer.breakSeconds)", "paused": timer.pausedAt.map { "\(Self.unix($0))" } ?? "",
                "elapsed": PersonFormat.clock(timer.shownSeconds(now: now)),
                "spoken": isPaused ? "Timer paused: \(label)" : "Timer running: \(label)",
                "is_idle": timer.isIdleNotified, "seen_at_work": lastSeenAtWork ?? "",
                "can_trim": timer.lastHeartbeatAt.map { $0 > timer.start } ?? false,
                "seen_instant": timer.lastHeartbeatAt?.text ?? "",
            ] as [String: Any]
        return values
    }

    /// Seconds since 1970.
    static func unix(_ instant: Instant) -> Int64 { instant.microseconds / 1_000_000 + 946_684_800 }
}
