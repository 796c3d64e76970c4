/// What somebody wants to set on a task.
struct TaskChanges: Sendable {
    var name: Presence<String> = .absent
    var projectID: Presence<ID<Project>> = .absent
    var assigneeID: Presence<ID<User>> = .absent
    var description: Presence<String> = .absent
    var tags: Presence<String> = .absent
    var status: Presence<TaskStatus> = .absent
    var priority: Presence<WrittenPriority> = .absent
    var dueDate: Presence<Day> = .absent
    var estimatedHours: Presence<Double> = .absent

    func apply(to task: inout TaskItem, now: Instant) {
        task.name = name.value ?? task.name
        task.projectID = projectID.value ?? task.projectID
        task.description = description.orKeep(task.description)
        task.tags = tags.orKeep(task.tags)
        task.priority = priority.value ?? task.priority
        task.assignedTo = assigneeID.orKeep(task.assignedTo)
        task.dueDate = dueDate.orKeep(task.dueDate)
        task.estimatedHours = estimatedHours.orKeep(task.estimatedHours)
        if let status = status.value { task.move(to: status, now: now) }
    }
}

extension TaskItem {
    /// The first move to `in_progress` starts the task, `done` completes it, leaving `done` reopens it
    /// (behaviour.md §4.7).
    mutating func move(to status: TaskStatus, now: Instant) {
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
