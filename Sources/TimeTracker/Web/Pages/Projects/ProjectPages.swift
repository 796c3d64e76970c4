import HTTPTypes
import Postgres

/// `/projects`: the list, the page of a project, its form.
enum ProjectPages {
    private static let home = "/projects"

    static let routes = [
        Route(.get, path: home, summary: "Projects", access: .page(.user), response: .string(), handler: list),
        Route(
            .get, path: home + "/new", summary: "Page to make a project", access: .page(.user), response: .string()
        ) { call in
            try call.principal.requireWriter()
            var query = call.query
            let client = query.text("client_id") ?? ""
            return try await form(
                call, nil,
                values: ["client_id": client, "billable": "on", "status": "active", "budget_threshold_percent": "80"])
        },
        Route(
            .post, path: home + "/new", summary: "Make a project", access: .page(.user),
            bodyLimit: BodyLimit.longText,
            response: .string(), handler: create),
        Route(
            .get, path: home + "/{id}", summary: "Page of a project", access: .page(.user), response: .string(),
            shows: .project, handler: show),
        Route(
            .get, path: home + "/{id}/edit", summary: "Page to change a project", access: .page(.user),
            response: .string()
        ) { call in
            try call.principal.requireWriter()
            let project = try await ProjectStore.find(call.id(), call.context)
            return try await form(call, project, values: ProjectForm.values(project))
        },
        Route(
            .post, path: home + "/{id}/edit", summary: "Change a project", access: .page(.user),
            bodyLimit: BodyLimit.longText, response: .string(), handler: update),
        Route(
            .post, path: home + "/{id}/archive", summary: "Archive a project", access: .page(.action(of: home)),
            response: .string()
        ) { call in
            let form = try call.exchange.form
            _ = try await call.carryOut(
                ProjectInput.body, [], form: form, { try await $0.remove(ProjectOperations.self, "project", "Done") })
            return call.seeOther("\(home)/\(call.pathID)", .projectArchived)
        },
        Route(
            .post, path: home + "/{id}/restore", summary: "Make a project active again",
            access: .page(.action(of: home)), response: .string()
        ) { call in
            let form = try call.exchange.form
            _ = try await call.carryOut(
                ProjectInput.body, [("status", .string("active"))], form: form,
                { try await $0.update(ProjectOperations.self, "project", "Saved") })
            return call.seeOther("\(home)/\(call.pathID)", .projectRestored)
        },
    ]

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let (found, pagination) = try await ProjectResource.found(call)
        let projects = try found.all()
        var query = call.query
        let status = query.text("status") ?? "active"
        let statuses = ProjectForm.statuses + [FormField.Option(value: "all", name: "All")]
        let values: [String: Any] = [
            "projects_html": ProjectRows.html(projects), "has_projects": !projects.isEmpty,
            "statuses_html": FormOptions.html(statuses, chosen: status),
            "is_filtered": status != "active" || query.text("client_id") != nil,
            "client_id": query.text("client_id") ?? "",
        ]
        return call.page(
            "projects", title: "Projects", .projects, try await loading,
            values.merging(pagination.values(call.exchange)) { $1 }
                .merging(APISnippet.values(call, "/projects", key: "projects")) { $1 })
    }

    static func row(_ project: Project, _ call: Call) -> [String: Any] {
        [
            "id": "\(project.id)", "name": project.name, "code": project.code ?? "", "has_code": project.code != nil,
            "client": project.clientName ?? "", "client_id": "\(project.clientID)", "color": project.color ?? "",
            "has_color": project.color != nil, "status": project.status.displayName,
            "status_class": project.status.rawValue,
            "hours": PersonFormat.hours(project.totalSeconds),
            "billable_hours": PersonFormat.hours(project.billableSeconds),
            "has_budget": project.budgetAmount != nil, "budget_share": share(project).map { "\($0)" } ?? "",
            "is_over": project.exceedsThreshold,
        ]
    }

    /// Percent of the budget that is used up.
    static func share(_ project: Project) -> Int64? {
        guard let budget = project.budgetAmount, budget > .zero else { return nil }
        return project.budgetConsumed.hundredths * 100 / budget.hundredths
    }

    // MARK: Page

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = ProjectStore.find(call.id(), call.context)
        async let working = ObjectWork.load("project_id", call)
        async let listing = tasks(call)
        async let burning = BudgetBurn.load(call.pathID, zone: call.zone, call.db)
        let project = try await finding
        let work = try await working
        let rows = try await EntryRow.rows(work.entries, zone: call.zone, call.db)
        let frame = try await loading
        let format = call.format
        var values = row(project, call)
        values.merge(work.values(call)) { $1 }
        values.merge(try await burning.values(project, call.format)) { $1 }
        values["description"] = project.description ?? ""
        values["has_description"] = project.description?.isEmpty == false
        values["is_billable"] = project.isBillable
        values["rate"] = (project.hourlyRate ?? project.clientRate).map { format.money($0) } ?? "none"
        values["is_own_rate"] = project.hourlyRate != nil
        values["used"] = format.money(project.budgetConsumed)
        values["budget"] = project.budgetAmount.map { format.money($0) } ?? ""
        values["meter"] = "\(min(share(project) ?? 0, 100))"
        values["threshold"] = "\(project.budgetThreshold)"
        values["estimate"] = project.estimatedHours.map(PersonFormat.plain) ?? ""
        values["has_estimate"] = project.estimatedHours != nil
        values["billing_ref"] = project.billingRef ?? ""
        values["has_billing_ref"] = project.billingRef != nil
        values["is_archived"] = project.isArchived
        values["is_active"] = project.status == .active
        values["tasks"] = try await listing
        values["has_tasks"] = (values["tasks"] as? [Any])?.isEmpty == false
        values["entries"] = rows.map { $0.values(call, now: frame.now, showsDay: true) }
        values["has_entries"] = !rows.isEmpty
        return call.page("project", title: project.name, .projects, frame, values)
    }

    private static let shownTasks = 50

    /// Open ones first.
    private static func tasks(_ call: Call) async throws -> [[String: Any]] {
        let filter = TaskList.Filter(
            projectID: call.id(), statuses: nil, tags: nil, assignedTo: nil, search: nil)
        let found = try await TaskList.read(filter, PageRequest(page: 1, perPage: shownTasks), call.context).models
        let tasks = try found.all()
        return (tasks.filter(\.isActive) + tasks.filter { !$0.isActive }).map { TaskPages.row($0, call) }
    }

    // MARK: Form

    private static func form(
        _ call: Call, _ project: Project?, values: [String: String] = [:],
        typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        let chosen = project.map { FormField.Option(value: "\($0.clientID)", name: $0.clientName ?? "") }
        let clients = FormOptions.choice(try await FormOptions.clients(call), none: "Choose a client", chosen: chosen)
        let mayMakeClient = project == nil && call.settings.opens(.clients, to: call.principal)
        let fields = ProjectForm.fields(clients, mayMakeClient: mayMakeClient)
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        let address = project.map { "\(home)/\($0.id)" }
        return try await ObjectForm(
            heading: project.map { "Change \($0.name)" } ?? "New project",
            action: address.map { $0 + "/edit" } ?? home + "/new", back: address ?? home, place: .projects
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        let clientName = typed.trimmed("new_client")
        let fields = ProjectForm.fields([])
        let result = try await call.carryOut(ProjectInput.body, fields, form: typed) { call in
            clientName.isEmpty
                ? try await call.create(ProjectOperations.self, "project", "Created")
                : try await create(call, withClient: clientName)
        }
        switch result {
        case .done(let answer):
            return call.seeOther(answer.id(of: "project").map { "\(home)/\($0)" } ?? home, .projectSaved)
        case .refused(let problems): return try await form(call, nil, typed: (typed, problems))
        }
    }

    /// Makes a project for a client that is made with it, both or neither.
    private static func create(_ call: Call, withClient name: String) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input(partial: true)
        var changes = ProjectChanges(&input)
        try input.finish()
        var members = JSONObject()
        members.set("name", .string(RawText(name)))
        var clientInput = ClientInput.body.schema.read(.object(members))
        let client = ClientInput.body.edit(&clientInput)
        if let problem = clientInput.errors.first { throw APIError.validation("new_client", problem.message) }
        return try await call.change { tx in
            let made: Client
            do {
                made = try await ObjectStore<Client>.create(client, call.context, in: tx)
            } catch let error as PostgresError where error.code == .uniqueViolation {
                throw APIError.validation("new_client", "There is a client of this name; choose it above.")
            }
            changes.clientID = .value(made.id)
            let project = try await ProjectOperations.create(changes, call.context, in: tx)
            return .saved(.created, message: "Created", key: "project", project)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(
            ProjectInput.body, ProjectForm.fields([]), form: typed,
            { try await $0.update(ProjectOperations.self, "project", "Saved") })
        {
        case .done: return call.seeOther("\(home)/\(call.pathID)", .projectSaved)
        case .refused(let problems):
            return try await form(
                call, try await ProjectStore.find(call.id(), call.context), typed: (typed, problems))
        }
    }
}
