import HTTPTypes
import Postgres

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
            .single(key: "task", try await TaskStore.find(call))
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
        var sql = SQL()
        var conditions = ["true"]
        if call.principal.seesAssignedClientsOnly {
            let visible = Visibility.condition(call.principal, clientID: "v.client_id", in: &sql)
            conditions.append("exists (select 1 from projects v where v.id = t.project_id and \(visible))")
        }
        if let projectID { conditions.append("t.project_id = \(sql.bind(.int(projectID)))") }
        if let statuses {
            conditions.append("t.status = any (\(sql.bind(.textArray(statuses.map(\.rawValue)))))")
        }
        if let assignedTo { conditions.append("t.assigned_to = \(sql.bind(.int(assignedTo)))") }
        if let tags { conditions.append(TagCondition.task("t", anyOf: Tags.split(tags), in: &sql)) }
        if let search {
            conditions.append(TextCondition(text: search).expression(.task, ["name", "description"], in: &sql))
        }
        let filter = conditions.joined(separator: " and ")
        let joined = TaskItem.joinedColumns(zone: call.settings.timezone, in: &sql)
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from tasks t where \(filter))",
                page: "select t.* from tasks t where \(filter)",
                order: "t.priority desc, t.due_date asc nulls last, t.created_at, t.id"
            ).statement(sql, page, columns: "\(TaskItem.columns), \(joined)", alias: "t", joins: TaskItem.joins))
        let (tasks, pagination) = PageQuery.read(rows, page) { TaskItem($0, offset: 1) }
        return .list(key: "tasks", tasks, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input()
        let changes = TaskChanges(&input)
        try input.finish()
        return try await call.change { tx in
            try await TaskStore.checkReferences(changes, call, in: tx)
            var task = TaskItem.new(createdBy: call.principal.userID)
            changes.apply(to: &task, now: WallClock.now())
            let actions: [ChangeAction] = task.assignedTo == nil ? [.created] : [.created, .assigned]
            let saved = try await TaskStore.save(task, actions, call, in: tx)
            return .saved(.created, message: "Task created successfully", key: "task", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input(partial: true)
        let changes = TaskChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let old = try await TaskStore.lock(call, in: tx)
            try call.requireMatch(old, key: "task")
            try await TaskStore.checkReferences(changes, since: old, call, in: tx)
            var task = old
            changes.apply(to: &task, now: WallClock.now())
            let saved = try await TaskStore.save(task, task.actions(since: old), since: old, call, in: tx)
            return .saved(.ok, message: "Task updated successfully", key: "task", saved)
        }
    }

    @Sendable private static func delete(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        return try await call.change { tx in
            let task = try await TaskStore.lock(call, in: tx)
            try call.requireMatch(task, key: "task")
            _ = try await tx.query(Statement("delete from tasks where id = $1", [.int(task.id)]))
            try await call.record([.deleted], task, in: tx)
            return .message("Task deleted successfully")
        }
    }
}
