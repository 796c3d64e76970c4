/// The fields of a task's body (behaviour.md §4.7).
enum TaskInput {
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "Name is required")
    static let projectID = InputField<Int64>.id("project_id", required: "project_id is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let tags = InputField<String>.string("tags", max: 500, emptyIsNull: true, nullable: true)
    static let status = InputField<String>.enumeration("status", TaskStatus.allCases.map(\.rawValue))
    static let priority = InputField<WrittenPriority>.custom(
        "priority", schema: TaskPriority.schema, parse: parsePriority)
    static let assigneeID = InputField<Int64>.id("assignee_id", aliases: ["assigned_to"], nullable: true)
    static let dueDate = InputField<Int32>.date("due_date", nullable: true)
    static let estimatedHours = InputField<Double>.number("estimated_hours", min: 0, nullable: true)

    static let body = BodySchema(
        "TaskInput", [name, projectID, description, tags, status, priority, assigneeID, dueDate, estimatedHours])

    @Sendable private static func parsePriority(_ value: JSONValue) -> Result<WrittenPriority, InputFailure> {
        guard let priority = WrittenPriority(input: value) else {
            return .failure("Must be 1 to 4, or one of low, medium, high, urgent.")
        }
        return .success(priority)
    }
}

/// What a body wants to set on a task.
struct TaskChanges: Sendable {
    let name: Presence<String>
    let projectID: Presence<Int64>
    let assigneeID: Presence<Int64>
    private let description, tags, status: Presence<String>
    private let priority: Presence<WrittenPriority>
    private let dueDate: Presence<Int32>
    private let estimatedHours: Presence<Double>

    init(_ input: inout InputReader) {
        name = input.get(TaskInput.name)
        projectID = input.get(TaskInput.projectID)
        description = input.get(TaskInput.description)
        tags = input.get(TaskInput.tags)
        status = input.get(TaskInput.status)
        priority = input.get(TaskInput.priority)
        assigneeID = input.get(TaskInput.assigneeID)
        dueDate = input.get(TaskInput.dueDate)
        estimatedHours = input.get(TaskInput.estimatedHours)
    }

    func apply(to task: inout TaskItem, now: Int64) {
        task.name = name.value ?? task.name
        task.projectID = projectID.value ?? task.projectID
        task.description = description.orKeep(task.description)
        task.tags = tags.orKeep(task.tags)
        task.priority = priority.value ?? task.priority
        task.assignedTo = assigneeID.orKeep(task.assignedTo)
        task.dueDate = dueDate.orKeep(task.dueDate)
        task.estimatedHours = estimatedHours.orKeep(task.estimatedHours)
        if let status = status.value.flatMap(TaskStatus.init(rawValue:)) { task.move(to: status, now: now) }
    }
}

extension TaskItem {
    /// A task with the defaults of behaviour.md §4.7, not stored yet.
    static func new(createdBy: Int64) -> TaskItem {
        TaskItem(
            id: 0, projectID: 0, name: "", status: .todo, priority: .standard, createdBy: createdBy, createdAt: 0,
            updatedAt: 0,
            totalSeconds: 0, billableSeconds: 0, today: 0, clientID: 0)
    }

    /// The first move to `in_progress` starts the task, `done` completes it, leaving `done` reopens it
    /// (behaviour.md §4.7).
    mutating func move(to status: TaskStatus, now: Int64) {
        if status == .inProgress, startedAt == nil { startedAt = now }
        if status == .done, self.status != .done { completedAt = now }
        if status != .done { completedAt = nil }
        self.status = status
    }

    /// What a change from `old` did, in the order in which it happened.
    func actions(since old: TaskItem) -> [ChangeAction] {
        var actions = [ChangeAction.updated]
        if status != old.status { actions.append(.statusChanged) }
        if status == .done, old.status != .done { actions.append(.completed) }
        if assignedTo != old.assignedTo, assignedTo != nil { actions.append(.assigned) }
        return actions
    }
}
