import HTTPTypes
import Postgres

/// `/entries`: the list of time entries with every filter of the API (behaviour.md §5.2).
enum EntryListPages {
    static let routes = [
        Route(.get, path: "/entries", summary: "Entries", access: .page(.user), response: .string(), handler: show)
    ]

    /// Query parameters with what the chips call them.
    private static let names: [(parameter: String, label: String)] = [
        ("start_date", "From"), ("end_date", "To"), ("project_id", "Project"), ("task_id", "Task"),
        ("client_id", "Client"), ("tag", "Tag"), ("billable", "Billable"), ("paid", "Paid"), ("person", "Person"),
        ("include_active", "Running too"),
    ]

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let choosing = choices(call)
        let request = call.query.entriesPage
        var entries: [TimeEntry] = []
        var pagination = Pagination(request, total: 0)
        var problems: FormProblems?
        do {
            var query = QueryParameters(personQuery(call))
            let filter = try TimeEntryList.Filter(&query, call.principal)
            let rows = try await call.db.query(EntryListQuery(filter: filter, zone: call.zone).statement(request))
            let (found, pages) = PageQuery.read(rows, request) { TimeEntry($0, offset: 1) }
            entries = Array(found)
            pagination = pages
        } catch {
            guard let found = FormProblems(error) else { throw error }
            problems = found
        }
        let rows = try await EntryRow.rows(entries, zone: call.zone, call.db)
        let frame = try await loading
        let choices = try await choosing
        var values = choices.values(call)
        values["days"] = EntryRow.days(rows, call, now: frame.now)
        values["has_entries"] = !rows.isEmpty
        values["has_problems"] = problems != nil
        values["problems"] = problems?.listed([]) ?? []
        values["chips"] = chips(call, choices)
        values["is_filtered"] = names.contains { (values["has_\($0.parameter)"] as? Bool) == true }
        values.merge(pagination.values(call.exchange)) { $1 }
        return call.page(
            "entries", title: "Entries", .entries, frame, status: problems == nil ? .ok : .unprocessableContent, values)
    }

    /// Whose entries are meant: one's own unless an administrator asks for somebody's or everybody's.
    private static func personQuery(_ call: Call) -> String {
        var query = call.query
        let raw = call.exchange.rawQuery
        switch query.text("person") {
        case "all" where call.principal.isAdmin: return raw
        case let person?: return "user_id=\(PercentEncoding.encode(person == "all" ? "" : person))&\(raw)"
        case nil: return "user_id=\(call.principal.userID)&\(raw)"
        }
    }

    /// What the filter's lists offer.
    private struct Choices {
        var projects: [(id: Int64, name: String)] = []
        var clients: [(id: Int64, name: String)] = []
        var people: [(id: Int64, name: String)] = []

        func values(_ call: Call) -> [String: Any] {
            var query = call.query
            var values: [String: Any] = ["is_admin_filter": call.principal.isAdmin]
            for (parameter, _) in names {
                let value = query.text(parameter) ?? ""
                values[parameter] = value
                values["has_\(parameter)"] = !value.isEmpty
                for word in ["true", "false"] { values["\(parameter)_\(word)"] = value == word }
            }
            values["projects"] = Self.options(projects, query.text("project_id"))
            values["clients"] = Self.options(clients, query.text("client_id"))
            values["people"] = Self.options(people, query.text("person"))
            values["person_all"] = query.text("person") == "all"
            return values
        }

        private static func options(_ items: [(id: Int64, name: String)], _ chosen: String?) -> [[String: Any]] {
            items.map { ["value": "\($0.id)", "name": $0.name, "is_selected": "\($0.id)" == chosen] }
        }

        func name(_ parameter: String, _ value: String) -> String? {
            let items =
                switch parameter {
                case "project_id": projects
                case "client_id": clients
                case "person": people
                default: [(id: Int64, name: String)]()
                }
            return items.first { "\($0.id)" == value }?.name
        }
    }

    private static func choices(_ call: Call) async throws -> Choices {
        var sql = SQL("(select 'p', p.id, p.name from projects p where ")
        sql.add(Visibility.condition(call.principal, clientID: "p.client_id", in: &sql))
        sql.add(" order by p.name, p.id limit 500) union all (select 'c', c.id, c.name from clients c where ")
        sql.add(Visibility.condition(call.principal, clientID: "c.id", in: &sql))
        sql.add(" order by c.name, c.id limit 500)")
        if call.principal.isAdmin {
            sql.add(" union all (select 'u', u.id, u.username from users u order by u.username limit 500)")
        }
        var choices = Choices()
        for row in try await call.db.query(sql.statement) {
            let item = (row.int(1), row.string(2))
            switch row.string(0) {
            case "p": choices.projects.append(item)
            case "c": choices.clients.append(item)
            default: choices.people.append(item)
            }
        }
        return choices
    }

    /// The filters that are on, each with the address of the list without it.
    private static func chips(_ call: Call, _ choices: Choices) -> [[String: Any]] {
        var query = call.query
        return names.compactMap { parameter, label in
            guard let value = query.text(parameter) else { return nil }
            let others = call.exchange.rawQuery.split(separator: "&").filter {
                !$0.hasPrefix(parameter + "=") && !$0.hasPrefix("page=") && !$0.hasSuffix("=")
            }
            let shown =
                switch value {
                case "true": parameter == "include_active" ? "" : ": yes"
                case "false": ": no"
                default: ": " + (choices.name(parameter, value) ?? (value == "all" ? "everybody" : value))
                }
            return [
                "text": label + shown,
                "without": "/entries" + (others.isEmpty ? "" : "?" + others.joined(separator: "&")),
            ]
        }
    }
}

extension QueryParameters {
    /// Which page of entries; fifty each.
    fileprivate var entriesPage: PageRequest {
        var query = self
        return PageRequest(page: query.page().page, perPage: 50)
    }
}
