import HTTPTypes
import Postgres

/// `/tasks`: the list, the page of a task, its form.
enum TaskPages {
    private static let home = "/tasks"

    static let routes = [
        Route(.get, path: home, summary: "Tasks", access: .page(.user), response: .string(), handler: list),
        Route(
            .get, path: home + "/new", summary: "Page to make a task", access: .page(.user), response: .string()
        ) { call in
            try call.principal.requireWriter()
            var query = call.query
            let project = query.text("project_id") ?? ""
            return try await form(
                call, nil, values: ["project_id": project, "status": "todo", "priority": "medium"])
        },
        Route(
            .post, path: home + "/new", summary: "Make a task", access: .page(.user),
            bodyLimit: BodyLimit.longText,
            response: .string(), handler: create),
        Route(
            .get, path: home + "/{id}", summary: "Page of a task", access: .page(.user), response: .string(),
            shows: .task, handler: show),
        Route(
            .get, path: home + "/{id}/edit", summary: "Page to change a task", access: .page(.user),
            response: .string()
        ) { call in
            try call.principal.requireWriter()
            let task = try await TaskStore.find(call.id(), call.context)
            return try await form(call, task, values: TaskForm.values(task))
        },
        Route(
            .post, path: home + "/{id}/edit", summary: "Change a task", access: .page(.user),
            bodyLimit: BodyLimit.longText, response: .string(), handler: update),
        Route(
            .post, path: home + "/{id}/status", summary: "Move a task to another status",
            access: .page(.action(of: home)), response: .string()
        ) { call in
            let form = try call.exchange.form
            let status = JSONValue.string(RawText(form.text("status") ?? ""))
            let result = try await call.carryOut(
                TaskInput.body, [("status", status)], form: form,
                { try await $0.update(TaskOperations.self, "task", "Saved") })
            if case .refused = result { throw APIError.malformedForm }
            return call.seeOther(TimerPages.back(form, or: "\(home)/\(call.pathID)"), .taskSaved)
        },
        Route(
            .post, path: home + "/{id}/delete", summary: "Delete a task", access: .page(.action(of: home)),
            response: .string()
        ) { call in
            let form = try call.exchange.form
            _ = try await call.carryOut(
                TaskInput.body, [], form: form, { try await $0.remove(TaskOperations.self, "task", "Done") })
            return call.seeOther(home, .taskDeleted)
        },
    ]

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let choosing = FormOptions.projects(call)
        async let naming = FormOptions.users(call)
        var tasks: [TaskItem] = []
        var pagination = Pagination(PageRequest(page: 1, perPage: 50), total: 0)
        var problems: FormProblems?
        do {
            // Whoever asks for nothing else sees what there is to do.
            let found = try await TaskResource.found(
                call.exchange.rawQuery.isEmpty ? call.asking(query: "status=open") : call)
            tasks = try found.models.all()
            pagination = found.pagination
        } catch {
            guard let found = FormProblems(error) else { throw error }
            problems = found
        }
        var query = call.query
        let status = query.text("status") ?? (call.exchange.rawQuery.isEmpty ? "open" : "")
        let statuses =
            [FormField.Option(value: "", name: "All"), FormField.Option(value: "open", name: "Open")]
            + TaskForm.statuses
        let projects = [FormField.Option(value: "", name: "All")] + (try await choosing)
        let users = [FormField.Option(value: "", name: "Anybody")] + (try await naming)
        let values: [String: Any] = [
            "tasks_html": TaskRows.html(tasks, call.format), "has_tasks": !tasks.isEmpty,
            "statuses_html": FormOptions.html(statuses, chosen: status),
            "projects_html": FormOptions.html(projects, chosen: query.text("project_id") ?? ""),
            "users_html": FormOptions.html(users, chosen: query.text("assigned_to") ?? ""),
            "search": query.text("search") ?? "", "is_filtered": !call.exchange.rawQuery.isEmpty,
            "has_problems": problems != nil, "problems": problems?.listed([]) ?? [], "board": board(call),
        ]
        return call.page(
            "tasks", title: "Tasks", .tasks, try await loading, status: problems == nil ? .ok : .unprocessableContent,
            values.merging(pagination.values(call.exchange)) { $1 }
                .merging(
                    APISnippet.values(
                        call, "/tasks", key: "tasks", query: call.exchange.rawQuery.isEmpty ? "status=open" : nil)
                ) { $1 })
    }

    /// The board of the list's project and person.
    private static func board(_ call: Call) -> String {
        var query = call.query
        let pairs = ["project_id", "assigned_to"].compactMap { name in query.integer(name).map { "\(name)=\($0)" } }
        return BoardPages.path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    static func row(_ task: TaskItem, _ call: Call) -> [String: Any] {
        [
            "id": "\(task.id)", "name": task.name, "project": task.projectName ?? "", "project_id": "\(task.projectID)",
            "status": task.status.displayName, "status_class": task.status.rawValue,
            "priority": task.priority.level.displayName, "is_urgent": task.priority.level == .urgent,
            "due": task.dueDate.map(call.format.date) ?? "", "is_overdue": task.isOverdue,
            "assignee": task.assignee ?? "", "hours": PersonFormat.hours(task.totalSeconds),
            "tags": Tags.split(task.tags),
        ]
    }

    // MARK: Page

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = TaskStore.find(call.id(), call.context)
        async let working = ObjectWork.load("task_id", call)
        let task = try await finding
        let work = try await working
        let rows = try await EntryRow.rows(work.entries, zone: call.zone, call.db)
        let frame = try await loading
        var values = row(task, call)
        values.merge(work.values(call)) { $1 }
        values["description"] = task.description ?? ""
        values["has_description"] = task.description?.isEmpty == false
        values["has_assignee"] = task.assignee != nil
        values["has_due"] = task.dueDate != nil
        values["has_estimate"] = (task.estimatedHours ?? 0) > 0
        values["estimate"] = task.estimatedHours.map(PersonFormat.plain) ?? ""
        values["progress"] = "\(Int(task.progress))"
        values["creator"] = task.creator ?? ""
        values["place"] = "\(task.projectID):\(task.id)"
        values["is_open"] = task.isActive
        values["statuses_html"] = FormOptions.html(TaskForm.statuses, chosen: task.status.rawValue)
        values["entries"] = rows.map { $0.values(call, now: frame.now, showsDay: true) }
        values["has_entries"] = !rows.isEmpty
        return call.page("task", title: task.name, .tasks, frame, values)
    }

    // MARK: Form

    private static func form(
        _ call: Call, _ task: TaskItem?, values: [String: String] = [:],
        typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        async let choosing = FormOptions.projects(call)
        async let naming = FormOptions.users(call)
        let project = task.map { FormField.Option(value: "\($0.projectID)", name: $0.projectName ?? "") }
        let assignee = task?.assignedTo.map { FormField.Option(value: "\($0)", name: task?.assignee ?? "") }
        let fields = TaskForm.fields(
            projects: FormOptions.choice(try await choosing, none: "Choose a project", chosen: project),
            users: FormOptions.choice(try await naming, none: "Nobody", chosen: assignee))
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        let address = task.map { "\(home)/\($0.id)" }
        return try await ObjectForm(
            heading: task.map { "Change \($0.name)" } ?? "New task",
            action: address.map { $0 + "/edit" } ?? home + "/new", back: address ?? home, place: .tasks
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(
            TaskInput.body, TaskForm.fields(), form: typed,
            { try await $0.create(TaskOperations.self, "task", "Created") })
        {
        case .done(let answer):
            let page = answer.id(of: "task").map { "\(home)/\($0)" } ?? home
            return call.seeOther(TimerPages.back(typed, or: page), .taskSaved)
        case .refused(let problems): return try await form(call, nil, typed: (typed, problems))
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(
            TaskInput.body, TaskForm.fields(), form: typed,
            { try await $0.update(TaskOperations.self, "task", "Saved") })
        {
        case .done: return call.seeOther("\(home)/\(call.pathID)", .taskSaved)
        case .refused(let problems):
            return try await form(call, try await TaskStore.find(call.id(), call.context), typed: (typed, problems))
        }
    }
}
