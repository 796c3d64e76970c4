import Postgres

/// What the filter of the list of entries offers, and what is chosen in it.
struct EntryFilter: Sendable {
    /// Query parameters with what the chips call them.
    private static let names: [(parameter: String, label: String)] = [
        ("start_date", "From"), ("end_date", "To"), ("project_id", "Project"), ("task_id", "Task"),
        ("client_id", "Client"), ("tag", "Tag"), ("billable", "Billable"), ("paid", "Paid"), ("person", "Person"),
        ("include_active", "Running too"),
    ]

    private var projects: [FormField.Option] = []
    private var tasks: [FormField.Option] = []
    private var clients: [FormField.Option] = []
    private var people: [FormField.Option] = []

    /// One statement. Tasks are those of the chosen project, or the chosen one.
    static func load(_ call: Call) async throws -> EntryFilter {
        var query = call.query
        let (project, task) = (query.integer("project_id"), query.integer("task_id"))
        var sql = SQL("(select 'p', p.id, p.name from projects p where ")
        sql.add(Visibility.condition(call.principal, clientID: "p.client_id", in: &sql))
        sql.add(" order by p.name, p.id limit 500) union all (select 'c', c.id, c.name from clients c where ")
        sql.add(Visibility.condition(call.principal, clientID: "c.id", in: &sql))
        sql.add(" order by c.name, c.id limit 500)")
        if project != nil || task != nil {
            sql.add(
                """
                 union all (select 't', t.id, t.name from tasks t join projects p on p.id = t.project_id
                where (t.project_id = 
                """)
            sql.add("\(sql.bind(.init(project)))::bigint or t.id = \(sql.bind(.init(task)))::bigint) and ")
            sql.add(Visibility.condition(call.principal, clientID: "p.client_id", in: &sql))
            sql.add(" order by t.name, t.id limit 500)")
        }
        if call.principal.isAdmin {
            sql.add(" union all (select 'u', u.id, u.username from users u order by u.username limit 500)")
        }
        var filter = EntryFilter()
        for row in try await call.db.query(sql.statement) {
            let (kind, id): (String, Int64) = (try row.scalar(0), try row.scalar(1))
            let option = FormField.Option(value: "\(id)", name: try row.scalar(2))
            switch kind {
            case "p": filter.projects.append(option)
            case "c": filter.clients.append(option)
            case "t": filter.tasks.append(option)
            default: filter.people.append(option)
            }
        }
        return filter
    }

    func values(_ call: Call) -> [String: Any] {
        var query = call.query
        var chosen: [String: String] = [:]
        for (parameter, _) in Self.names { chosen[parameter] = query.text(parameter) ?? "" }
        var values: [String: Any] = [
            "is_admin_filter": call.principal.isAdmin, "chips": chips(call, chosen),
            "is_filtered": chosen.contains { !$0.value.isEmpty },
            "runs_too": chosen["include_active"] == "true", "has_tasks": !tasks.isEmpty,
            "projects_html": FormOptions.html([.init(value: "", name: "All")] + projects, chosen: chosen["project_id"]),
            "tasks_html": FormOptions.html([.init(value: "", name: "All")] + tasks, chosen: chosen["task_id"]),
            "clients_html": FormOptions.html([.init(value: "", name: "All")] + clients, chosen: chosen["client_id"]),
            "people_html": FormOptions.html(
                [.init(value: "", name: "Me"), .init(value: "all", name: "Everybody")] + people,
                chosen: chosen["person"]),
            "billable_html": FormOptions.html(
                [
                    .init(value: "", name: "All"), .init(value: "true", name: "Billable"),
                    .init(value: "false", name: "Not billable"),
                ],
                chosen: chosen["billable"]),
            "paid_html": FormOptions.html(
                [
                    .init(value: "", name: "All"), .init(value: "true", name: "Paid"),
                    .init(value: "false", name: "Unpaid"),
                ],
                chosen: chosen["paid"]),
        ]
        for name in ["start_date", "end_date", "tag"] { values[name] = chosen[name] ?? "" }
        return values
    }

    private func name(_ parameter: String, _ value: String) -> String? {
        let options =
            switch parameter {
            case "project_id": projects
            case "task_id": tasks
            case "client_id": clients
            case "person": people
            default: [FormField.Option]()
            }
        return options.first { $0.value == value }?.name
    }

    /// The filters that are on, each with the address of the list without it.
    private func chips(_ call: Call, _ chosen: [String: String]) -> [[String: Any]] {
        let asked = call.query.raw.split(separator: "&").filter { !$0.hasSuffix("=") }
        return Self.names.compactMap { parameter, label in
            guard let value = chosen[parameter], !value.isEmpty else { return nil }
            // Tasks are asked for with their project.
            let gone = parameter == "project_id" ? [parameter, "task_id"] : [parameter]
            let others = (gone + ["page", "edit", "changed"]).reduce(asked) { pairs, name in
                pairs.filter { !$0.hasPrefix(name + "=") }
            }
            let shown =
                switch value {
                case "true": parameter == "include_active" ? "" : ": yes"
                case "false": ": no"
                default: ": " + (name(parameter, value) ?? (value == "all" ? "everybody" : value))
                }
            return [
                "text": label + shown,
                "without": EntryListPages.path + (others.isEmpty ? "" : "?" + others.joined(separator: "&")),
            ]
        }
    }
}
