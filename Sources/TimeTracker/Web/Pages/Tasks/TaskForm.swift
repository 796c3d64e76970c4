/// The form of a task (``TaskInput``).
enum TaskForm {
    static let statuses = TaskStatus.allCases.map { FormField.Option(value: $0.rawValue, name: $0.displayName) }
    private static let priorities = TaskPriority.allCases.map {
        FormField.Option(value: $0.name, name: $0.displayName)
    }

    static func fields(projects: [FormField.Option] = [], users: [FormField.Option] = []) -> [FormField] {
        [
            FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
            FormField(
                name: "project_id", label: "Project", control: .select(projects), isRequired: true, emptiness: .absent),
            FormField(name: "description", label: "Description", control: .area(rows: 4), maxLength: 100_000),
            FormField(name: "status", label: "Status", control: .select(statuses), emptiness: .absent, isShort: true),
            FormField(
                name: "priority", label: "Priority", control: .select(priorities), emptiness: .absent, isShort: true),
            FormField(name: "assignee_id", label: "Assigned to", control: .select(users), isShort: true),
            FormField(name: "due_date", label: "Due", control: .input("date"), isShort: true),
            FormField(
                name: "estimated_hours", label: "Estimated hours", maxLength: 20, inputMode: "decimal", isShort: true),
            FormField(name: "tags", label: "Tags", hint: "Separated by commas.", maxLength: 500),
        ]
    }

    static func values(_ task: TaskItem) -> [String: String] {
        [
            "name": task.name, "project_id": "\(task.projectID)", "description": task.description ?? "",
            "status": task.status.rawValue, "priority": task.priority.level.name,
            "assignee_id": task.assignedTo.map { "\($0)" } ?? "",
            "due_date": task.dueDate?.text ?? "",
            "estimated_hours": task.estimatedHours.map(PersonFormat.plain) ?? "", "tags": task.tags ?? "",
        ]
    }
}
