import Postgres

/// A time entry with the names of what it belongs to (behaviour.md §5.1). Instants in µs since 2000-01-01 UTC.
struct TimeEntry: Sendable {
    var id: Int64
    var userID: Int64
    var projectID: Int64?
    var clientID: Int64?
    var taskID: Int64?
    var start: Int64
    /// Nil = a running timer.
    var end: Int64?
    var durationSeconds: Int64?
    var breakSeconds: Int64
    var pausedAt: Int64?
    var notes: String?
    var tags: String?
    var source: String
    var isBillable: Bool
    var isPaid: Bool
    var invoiceNumber: String?
    var createdAt: Int64
    var updatedAt: Int64
    /// When a client last saw its user at work; nil = none of its clients tells.
    var lastHeartbeatAt: Int64?
    /// Since when the user is known to be idle; nil = the user isn't.
    var idleNotifiedAt: Int64?
    var username: String?
    var projectName: String?
    var clientName: String?
    var taskName: String?

    @inline(__always)
    var isRunning: Bool { end == nil }
    @inline(__always)
    var isIdleNotified: Bool { idleNotifiedAt != nil }

    /// The entry's own columns, over `time_entries e`.
    static let entryColumns = """
        e.id, e.user_id, e.project_id, e.client_id, e.task_id, e.start_time, e.end_time, e.duration_seconds, e.break_seconds,
        e.paused_at, e.notes, e.tags, e.source, e.billable, e.paid, e.invoice_number, e.created_at, e.updated_at,
        e.last_heartbeat_at, e.idle_notified_at
        """

    /// The names, over the tables of ``nameJoins``.
    static let nameColumns = "u.username, p.name, c.name, t.name"

    static let nameJoins = """
        left join users u on u.id = e.user_id left join projects p on p.id = e.project_id
        left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id
        """
}

extension TimeEntry: ColumnReadable {
    /// Reads ``entryColumns`` followed by ``nameColumns``.
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        userID = columns.int()
        projectID = columns.intOrNull()
        clientID = columns.intOrNull()
        taskID = columns.intOrNull()
        start = columns.timestamp()
        end = columns.timestampOrNull()
        durationSeconds = columns.intOrNull()
        breakSeconds = columns.int()
        pausedAt = columns.timestampOrNull()
        notes = columns.stringOrNull()
        tags = columns.stringOrNull()
        source = columns.string()
        isBillable = columns.bool()
        isPaid = columns.bool()
        invoiceNumber = columns.stringOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        lastHeartbeatAt = columns.timestampOrNull()
        idleNotifiedAt = columns.timestampOrNull()
        username = columns.stringOrNull()
        projectName = columns.stringOrNull()
        clientName = columns.stringOrNull()
        taskName = columns.stringOrNull()
    }
}

extension TimeEntry {
    /// Seconds to show: the stored duration, or what the timer shows now (behaviour.md §5.2).
    @inline(__always)
    func shownSeconds(now: Int64) -> Int64 {
        durationSeconds
            ?? EntryDuration.live(start: start, pausedAt: pausedAt, breakSeconds: breakSeconds, now: now)
    }

}

extension TimeEntry: JSONModel {
    static let schemaName = "TimeEntry"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<TimeEntry>) {
        object.integer("id") { $0.id }
        object.integer("user_id") { $0.userID }
        object.integer("project_id", nullable: true) { $0.projectID }
        object.integer("client_id", nullable: true) { $0.clientID }
        object.integer("task_id", nullable: true) { $0.taskID }
        object.instant("start_time") { $0.start }
        object.instant("end_time", nullable: true) { $0.end }
        object.integer("duration_seconds", nullable: true) { $0.durationSeconds }
        object.integer("break_seconds") { $0.breakSeconds }
        object.instant("paused_at", nullable: true) { $0.pausedAt }
        object.hours("duration_hours", "duration_seconds / 3600, 2 decimals; 0 while running") {
            $0.durationSeconds ?? 0
        }
        object.member(
            "duration_formatted", .string(description: "HH:MM:SS; the live value of a running timer"),
            { $0.shownSeconds(now: WallClock.now()) }, { $1.duration(seconds: $0) })
        object.string("notes", nullable: true) { $0.notes }
        object.string("tags", nullable: true) { $0.tags }
        object.tags("tag_list") { $0.tags }
        object.string("source") { $0.source }
        object.boolean("billable") { $0.isBillable }
        object.boolean("paid") { $0.isPaid }
        object.string("invoice_number", nullable: true) { $0.invoiceNumber }
        object.boolean("is_active") { $0.isRunning }
        object.instant("last_heartbeat_at", nullable: true, "When a client last saw its user at work") {
            $0.lastHeartbeatAt
        }
        object.boolean("idle_notified", "Whether the user was found idle and has not been at work since") {
            $0.isIdleNotified
        }
        object.instant("idle_notified_at", nullable: true) { $0.idleNotifiedAt }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.string("user", nullable: true) { $0.username }
        object.string("project", nullable: true) { $0.projectName }
        object.string("client", nullable: true) { $0.clientName }
        object.string("task", nullable: true) { $0.taskName }
    }
}

extension TimeEntry: ChangeSubject {
    static let entityType = EntityType.timeEntry

    var entityName: String {
        [projectName ?? clientName, taskName].compactMap(\.self).joined(separator: " - ")
    }

    var audience: Audience { .owner(userID) }
    var changedFigures: ChangedFigures { .user(userID) }

    func writeEventData(to json: inout JSONWriter) {
        json.key("project_name")
        json.value(projectName)
        json.key("client_name")
        json.value(clientName)
        json.key("task_name")
        json.value(taskName)
        json.key("duration_formatted")
        json.duration(seconds: shownSeconds(now: WallClock.now()))
        json.key("duration_hours")
        json.hours(seconds: durationSeconds ?? 0)
        json.key("target_user_id")
        json.value(userID)
    }

    /// What a running timer shows changes every second, and its heartbeat about every minute, without anybody touching the
    /// entry, so its validator leaves them out.
    var validated: TimeEntry? {
        guard isRunning else { return nil }
        var still = self
        still.durationSeconds = 0
        still.lastHeartbeatAt = nil
        return still
    }
}
