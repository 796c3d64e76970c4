import Postgres

/// A time entry with the names of what it belongs to (behaviour.md §5.1).
struct TimeEntry: Sendable {
    var id: ID<TimeEntry> = .none
    var userID: ID<User> = .none
    var projectID: ID<Project>?
    var clientID: ID<Client>?
    var taskID: ID<TaskItem>?
    var start = Instant.none
    /// Nil = a running timer.
    var end: Instant?
    var durationSeconds: Int64?
    var breakSeconds: Int64 = 0
    var pausedAt: Instant?
    @NullableRowText var notes: String? = nil
    @NullableRowText var tags: String? = nil
    @RowText var source = "manual"
    var isBillable = true
    var isPaid = false
    @NullableRowText var invoiceNumber: String? = nil
    var createdAt = Instant.none
    var updatedAt = Instant.none
    /// When a client last saw its user at work; nil = none of its clients tells.
    var lastHeartbeatAt: Instant?
    /// Since when the user is known to be idle; nil = the user isn't.
    var idleNotifiedAt: Instant?
    @NullableRowText var username: String? = nil
    @NullableRowText var projectName: String? = nil
    @NullableRowText var clientName: String? = nil
    @NullableRowText var taskName: String? = nil
}

extension TimeEntry: RowModel {
    static let table = "time_entries"
    static let alias = "e"
    static let selected = selectList()

    static let constraints = [
        Constraint("time_entries_end_after_start", "end_time", "end_time must be after start_time"),
        Constraint("time_entries_client_id_fkey", "client_id", "Client not found"),
        Constraint("time_entries_project_id_fkey", "project_id", "Project not found"),
        Constraint("time_entries_task_id_fkey", "task_id", "Task not found"),
        Constraint("time_entries_user_id_fkey", "user_id", "user_id must name an active user"),
    ]

    static let joins = """
        left join users u on u.id = e.user_id left join projects p on p.id = e.project_id
        left join clients c on c.id = e.client_id left join tasks t on t.id = e.task_id
        """

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ entry: inout TimeEntry) {
        row.key("id", &entry.id)
        row.fixed("user_id", &entry.userID)
        row.column("project_id", &entry.projectID)
        row.column("client_id", &entry.clientID)
        row.column("task_id", &entry.taskID)
        row.column("start_time", &entry.start)
        row.column("end_time", &entry.end)
        row.column("duration_seconds", &entry.durationSeconds)
        row.column("break_seconds", &entry.breakSeconds)
        row.column("paused_at", &entry.pausedAt)
        row.column("notes", &entry._notes)
        row.column("tags", &entry._tags)
        row.fixed("source", &entry._source)
        row.column("billable", &entry.isBillable)
        row.column("paid", &entry.isPaid)
        row.column("invoice_number", &entry._invoiceNumber)
        row.stored("created_at", &entry.createdAt)
        row.stored("updated_at", &entry.updatedAt)
        row.column("last_heartbeat_at", &entry.lastHeartbeatAt)
        row.column("idle_notified_at", &entry.idleNotifiedAt)
        row.computed("u.username", &entry._username)
        row.computed("p.name", &entry._projectName)
        row.computed("c.name", &entry._clientName)
        row.computed("t.name", &entry._taskName)
    }
}

extension TimeEntry {
    @inline(__always)
    var isRunning: Bool { end == nil }
    @inline(__always)
    var isIdleNotified: Bool { idleNotifiedAt != nil }

    /// Seconds to show: the stored duration, or what the timer shows now (behaviour.md §5.2).
    @inline(__always)
    func shownSeconds(now: Instant) -> Int64 {
        durationSeconds
            ?? EntryDuration.live(start: start, pausedAt: pausedAt, breakSeconds: breakSeconds, now: now)
    }
}

extension TimeEntry: JSONModel {
    static let schemaName = "TimeEntry"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<TimeEntry>) {
        object.id("id") { $0.id }
        object.id("user_id") { $0.userID }
        object.id("project_id", nullable: true) { $0.projectID }
        object.id("client_id", nullable: true) { $0.clientID }
        object.id("task_id", nullable: true) { $0.taskID }
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
            { $0.shownSeconds(now: .now()) }, { $1.duration(seconds: $0) })
        object.string("notes", nullable: true) { $0._notes }
        object.string("tags", nullable: true) { $0._tags }
        object.tags("tag_list") { $0._tags }
        object.string("source") { $0._source }
        object.boolean("billable") { $0.isBillable }
        object.boolean("paid") { $0.isPaid }
        object.string("invoice_number", nullable: true) { $0._invoiceNumber }
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
        object.string("user", nullable: true) { $0._username }
        object.string("project", nullable: true) { $0._projectName }
        object.string("client", nullable: true) { $0._clientName }
        object.string("task", nullable: true) { $0._taskName }
    }
}

extension TimeEntry: ChangeSubject {
    static let entityType = EntityType.timeEntry

    var entityName: String {
        [projectName ?? clientName, taskName].compactMap(\.self).joined(separator: " - ")
    }

    var audience: Audience { .owner(userID.number) }
    var changedFigures: ChangedFigures { .user(userID.number) }

    func writeEventData(to json: inout JSONWriter) {
        json.key("project_name")
        json.value(projectName)
        json.key("client_name")
        json.value(clientName)
        json.key("task_name")
        json.value(taskName)
        json.key("duration_formatted")
        json.duration(seconds: shownSeconds(now: .now()))
        json.key("duration_hours")
        json.hours(seconds: durationSeconds ?? 0)
        json.key("target_user_id")
        json.value(userID.number)
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
