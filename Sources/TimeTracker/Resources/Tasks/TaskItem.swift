import Postgres

/// A task with its totals (behaviour.md §4.6). Not called `Task`, which is Swift's.
struct TaskItem: Sendable {
    var id: ID<TaskItem> = .none
    var projectID: ID<Project> = .none
    @RowText var name = ""
    @NullableRowText var description: String?
    var status = TaskStatus.todo
    var priority = WrittenPriority.standard
    var estimatedHours: Double?
    var dueDate: Day?
    var assignedTo: ID<User>?
    var createdBy: ID<User> = .none
    var startedAt: Instant?
    var completedAt: Instant?
    var color: String?
    @NullableRowText var tags: String?
    var createdAt = Instant.none
    var updatedAt = Instant.none
    @NullableRowText var projectName: String?
    @NullableRowText var assignee: String?
    @NullableRowText var creator: String?
    /// Completed entries of the task.
    var totalSeconds: Int64 = 0
    var billableSeconds: Int64 = 0
    /// In the app time zone.
    var today = Day(0)
    /// The project's.
    var clientID: ID<Client> = .none
}

extension TaskItem: RowModel {
    static let table = "tasks"
    static let alias = "t"
    static let selected = selectList()

    static let constraints = [
        Constraint("tasks_project_id_fkey", "project_id", "Project not found"),
        Constraint("tasks_assigned_to_fkey", "assignee_id", "assignee_id must name an active user"),
    ]

    /// - Parameter zone: whose day it is.
    static func joins(zone: String, in sql: inout SQL) -> String {
        """
        left join projects p on p.id = t.project_id left join users assignee on assignee.id = t.assigned_to
        left join users creator on creator.id = t.created_by
        \(EntryTotals.joins(ofTask: "t.id")) \(LocalDay.join(zone: sql.bind(.text(zone))))
        """
    }

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ task: inout TaskItem) {
        row.key("id", &task.id)
        row.column("project_id", &task.projectID)
        row.column("name", &task._name)
        row.column("description", &task._description)
        row.column("status", &task.status)
        row.column("priority", &task.priority.level)
        row.column("priority_is_number", &task.priority.isNumber)
        row.column("estimated_hours", &task.estimatedHours)
        row.column("due_date", &task.dueDate)
        row.column("assigned_to", &task.assignedTo)
        row.stored("created_by", &task.createdBy)
        row.column("started_at", &task.startedAt)
        row.column("completed_at", &task.completedAt)
        row.stored("color", &task.color)
        row.column("tags", &task._tags)
        row.stored("created_at", &task.createdAt)
        row.stored("updated_at", &task.updatedAt)
        row.computed("p.name", &task._projectName)
        row.computed("assignee.username", &task._assignee)
        row.computed("creator.username", &task._creator)
        row.computed(EntryTotals.seconds, &task.totalSeconds)
        row.computed(EntryTotals.billableSeconds, &task.billableSeconds)
        row.computed("local.today", &task.today)
        row.computed("p.client_id", &task.clientID)
    }
}

extension TaskItem {
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
        object.id("id") { $0.id }
        object.id("project_id") { $0.projectID }
        object.string("project", nullable: true) { $0._projectName }
        object.string("name") { $0._name }
        object.string("description", nullable: true) { $0._description }
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
        object.id("assigned_to", nullable: true) { $0.assignedTo }
        object.id("assignee_id", nullable: true) { $0.assignedTo }
        object.string("assigned_user", nullable: true) { $0._assignee }
        object.id("created_by") { $0.createdBy }
        object.string("creator", nullable: true) { $0._creator }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.instant("started_at", nullable: true) { $0.startedAt }
        object.instant("completed_at", nullable: true) { $0.completedAt }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.hours("total_billable_hours", "Hours of completed billable entries") { $0.billableSeconds }
        object.number("progress_percentage") { $0.progress }
        object.boolean("is_active") { $0.isActive }
        object.boolean("is_overdue") { $0.isOverdue }
        object.string("tags", nullable: true) { $0._tags }
        object.tags("tag_list") { $0._tags }
    }
}

extension TaskItem: ChangeSubject {
    static let entityType = EntityType.task
    var entityName: String { name }
    var audience: Audience { .client(clientID.number) }

    func writeEventData(to json: inout JSONWriter) {
        json.key("project_id")
        json.value(projectID.number)
        json.key("status")
        json.value(status.rawValue)
    }
}
