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
            response: .saved("task", TaskItem.schema), handler: create),
        Route(
            .get, path: "/api/v1/tasks/{id}", summary: "Get a task", access: read,
            response: .single("task", TaskItem.schema)
        ) { call in
            .single(key: "task", try await TaskStore.find(call.pathID, call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/tasks/{id}", summary: "Update a task",
            details: "Only the fields that are sent change.",
            access: write, body: TaskInput.body, response: .saved("task", TaskItem.schema), handler: update),
        Route(
            .delete, path: "/api/v1/tasks/{id}", summary: "Delete a task",
            details: "Its time entries stay, without a task.",
            access: write, response: .message, handler: delete),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let projectID = query.integer("project_id")
        let statuses = query.words("status", TaskStatus.words)
        let tags = query.text("tags")
        let assignedTo = query.integer("assigned_to")
        let search = query.text("search")
        let page = query.page()
        try query.finish()
        let filter = TaskList.Filter(
            projectID: projectID, statuses: statuses, tags: tags.map(Tags.split), assignedTo: assignedTo, search: search
        )
        let (tasks, pagination) = try await TaskList.read(filter, page, call.context)
        return .list(key: "tasks", tasks, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let changes = TaskChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await TaskOperations.create(changes, call.context, in: tx)
            return .saved(.created, message: "Task created successfully", key: "task", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        var input = try call.input(partial: true)
        let changes = TaskChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let saved = try await TaskOperations.update(
                call.pathID, changes, call.context, if: call.matching("task"), in: tx)
            return .saved(.ok, message: "Task updated successfully", key: "task", saved)
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        try await call.change { tx in
            try await TaskOperations.delete(call.pathID, call.context, if: call.matching("task"), in: tx)
            return .message("Task deleted successfully")
        }
    }
}
