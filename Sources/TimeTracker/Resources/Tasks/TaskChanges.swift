/// What somebody wants to set on a task.
struct TaskChanges: Sendable {
    var name: Presence<String> = .absent
    var projectID: Presence<Int64> = .absent
    var assigneeID: Presence<Int64> = .absent
    var description: Presence<String> = .absent
    var tags: Presence<String> = .absent
    var status: Presence<String> = .absent
    var priority: Presence<WrittenPriority> = .absent
    var dueDate: Presence<Int32> = .absent
    var estimatedHours: Presence<Double> = .absent

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
