import HTTPTypes

/// `/api/v1/tasks` (behaviour.md §4.8).
enum TaskResource: Resource {
    private static let read = Route.Access.token(.init("read:tasks"))
    private static let write = Route.Access.token(.init("write:tasks"))

    static let routes = [
        Route(
            .get, path: "/api/v1/tasks", summary: "List tasks",
            details: """
                Most urgent first, then by due date (none last), then oldest first. The words active and open both mean \
                neither done nor cancelled.
                """, access: read,
            query: [
                .integer("project_id", "Tasks of this project"),
                .text("status", "Comma list of \(TaskStatus.words.map(\.word).joined(separator: ", "))"),
                .text("tags", "Comma list; tasks that carry any of these tags"),
                .integer("assigned_to", "Tasks of this user"), .text("search", "Part of name or description"), .page,
                .perPage,
            ], response: .list("tasks", of: TaskItem.schema), handler: list),
        Route(
            .post, path: "/api/v1/tasks", summary: "Create a task", access: write, body: TaskInput.body,
            success: .created,
            response: .saved("task", TaskItem.schema)
        ) { call in
            try await call.create(TaskOperations.self, "task", "Task created successfully")
        },
        Route(
            .get, path: "/api/v1/tasks/{id}", summary: "Get a task", access: read,
            response: .single("task", TaskItem.schema), isConditional: true
        ) { call in
            .single(key: "task", try await TaskStore.find(call.id(), call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/tasks/{id}", summary: "Update a task",
            details: "Only the fields that are sent change.",
            access: write, body: TaskInput.body, response: .saved("task", TaskItem.schema), isConditional: true
        ) { call in
            try await call.update(TaskOperations.self, "task", "Task updated successfully")
        },
        Route(
            .delete, path: "/api/v1/tasks/{id}", summary: "Delete a task",
            details: "Its time entries stay, without a task.",
            access: write, response: .message, isConditional: true
        ) { call in
            try await call.remove(TaskOperations.self, "task", "Task deleted successfully")
        },
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (tasks, pagination) = try await found(call)
        return try .list(key: "tasks", tasks, pagination)
    }

    /// The page of tasks that the query asks for.
    static func found(_ call: Call) async throws -> (models: ModelRows<TaskItem>, pagination: Pagination) {
        var query = call.query
        let projectID: ID<Project>? = query.id("project_id")
        let statuses = query.words("status", TaskStatus.words)
        let tags = query.text("tags")
        let assignedTo: ID<User>? = query.id("assigned_to")
        let search = query.text("search")
        let page = query.page()
        try query.finish()
        let filter = TaskList.Filter(
            projectID: projectID, statuses: statuses, tags: tags.map(Tags.split), assignedTo: assignedTo, search: search
        )
        return try await TaskList.read(filter, page, call.context)
    }
}
