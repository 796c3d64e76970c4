/// The fields of a task's body (behaviour.md §4.7).
enum TaskInput {
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "Name is required")
    static let projectID = InputField<ID<Project>>.id("project_id", required: "project_id is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let tags = InputField<String>.string("tags", max: 500, emptyIsNull: true, nullable: true)
    static let status = InputField<TaskStatus>.word("status")
    static let priority = InputField<WrittenPriority>.custom(
        "priority", schema: TaskPriority.schema, parse: parsePriority)
    static let assigneeID = InputField<ID<User>>.id("assignee_id", aliases: ["assigned_to"], nullable: true)
    static let dueDate = InputField<Day>.day("due_date", nullable: true)
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

extension TaskChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
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
}
