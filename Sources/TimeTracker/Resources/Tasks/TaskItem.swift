import Postgres

/// A task with its totals (behaviour.md §4.6). Not called `Task`, which is Swift's.
struct TaskItem: Sendable {
    var id: Int64
    var projectID: Int64
    var name: String
    var description: String?
    var status: TaskStatus
    var priority: WrittenPriority
    var estimatedHours: Double?
    /// Days since 2000-01-01.
    var dueDate: Int32?
    var assignedTo: Int64?
    var createdBy: Int64
    var startedAt: Int64?
    var completedAt: Int64?
    var color: String?
    var tags: String?
    var createdAt: Int64
    var updatedAt: Int64
    var projectName: String?
    var assignee: String?
    var creator: String?
    /// Completed entries of the task.
    var totalSeconds: Int64
    var billableSeconds: Int64
    /// Today in the app time zone.
    var today: Int32
    /// The project's client.
    var clientID: Int64

    /// The task's own columns, over `tasks t`.
    static let columns = """
        t.id, t.project_id, t.name, t.description, t.status, t.priority, t.priority_is_number, t.estimated_hours,
        t.due_date, t.assigned_to, t.created_by, t.started_at, t.completed_at, t.color, t.tags, t.created_at, t.updated_at
        """

    /// What ``init(_:)`` reads after ``columns``, over ``joins``.
    static func joinedColumns(zone: String, in sql: inout SQL) -> String {
        """
        p.name, assignee.username, creator.username, \(EntryTotals.columns),
        \(LocalDay.today(zone: sql.bind(.text(zone)))), p.client_id
        """
    }

    static let joins = """
        left join projects p on p.id = t.project_id left join users assignee on assignee.id = t.assigned_to
        left join users creator on creator.id = t.created_by
        \(EntryTotals.joins(ofTask: "t.id"))
        """
}

extension TaskItem: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        projectID = columns.int()
        name = columns.string()
        description = columns.stringOrNull()
        status = TaskStatus(rawValue: columns.string()) ?? .todo
        let level = TaskPriority(rawValue: Int(columns.int())) ?? .medium
        priority = WrittenPriority(level: level, isNumber: columns.bool())
        estimatedHours = columns.doubleOrNull()
        dueDate = columns.dateOrNull()
        assignedTo = columns.intOrNull()
        createdBy = columns.int()
        startedAt = columns.timestampOrNull()
        completedAt = columns.timestampOrNull()
        color = columns.stringOrNull()
        tags = columns.stringOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        projectName = columns.stringOrNull()
        assignee = columns.stringOrNull()
        creator = columns.stringOrNull()
        totalSeconds = columns.intOrNull() ?? 0
        billableSeconds = columns.intOrNull() ?? 0
        today = columns.date()
        clientID = columns.intOrNull() ?? 0
    }

    @inline(__always)
    var isActive: Bool { status.isOpen }
    @inline(__always)
    var isOverdue: Bool { isActive && (dueDate.map { $0 < today } ?? false) }

    /// Percent with one decimal, at most 100; 0 without an estimate.
    @inline(__always)
    var progress: Double {
        guard let estimatedHours, estimatedHours > 0 else { return 0 }
        let hours = Double(Money.hours(seconds: totalSeconds)) / 100
        return hours >= estimatedHours ? 100 : (hours / estimatedHours * 1000).rounded() / 10
    }

}

extension TaskItem: JSONModel {
    static let schemaName = "Task"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<TaskItem>) {
        object.integer("id") { $0.id }
        object.integer("project_id") { $0.projectID }
        object.string("project", nullable: true) { $0.projectName }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("status") { $0.status.rawValue }
        object.string("status_display") { $0.status.displayName }
        object.member("priority", TaskPriority.schema, \.priority) { priority, json in
            if priority.isNumber {
                json.value(priority.level.rawValue)
            } else {
                json.value(priority.level.name)
            }
        }
        object.integer("priority_level", "1 low to 4 urgent") { Int64($0.priority.level.rawValue) }
        object.string("priority_name", values: TaskPriority.allCases.map(\.name)) { $0.priority.level.name }
        object.string("priority_display") { $0.priority.level.displayName }
        object.string("priority_class") { $0.priority.level.cssClass }
        object.number("estimated_hours", nullable: true) { $0.estimatedHours }
        object.date("due_date", nullable: true) { $0.dueDate }
        object.integer("assigned_to", nullable: true) { $0.assignedTo }
        object.integer("assignee_id", nullable: true) { $0.assignedTo }
        object.string("assigned_user", nullable: true) { $0.assignee }
        object.integer("created_by") { $0.createdBy }
        object.string("creator", nullable: true) { $0.creator }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.instant("started_at", nullable: true) { $0.startedAt }
        object.instant("completed_at", nullable: true) { $0.completedAt }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.hours("total_billable_hours", "Hours of completed billable entries") { $0.billableSeconds }
        object.number("progress_percentage") { $0.progress }
        object.boolean("is_active") { $0.isActive }
        object.boolean("is_overdue") { $0.isOverdue }
        object.string("tags", nullable: true) { $0.tags }
        object.tags("tag_list") { $0.tags }
    }
}

extension TaskItem: ChangeSubject {
    static let entityType = EntityType.task
    var entityName: String { name }
    var audience: Audience { .client(clientID) }

    func writeEventData(to json: inout JSONWriter) {
        json.key("project_id")
        json.value(projectID)
        json.key("status")
        json.value(status.rawValue)
    }
}
