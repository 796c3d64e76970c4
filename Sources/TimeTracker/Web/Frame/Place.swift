import Postgres

/// What time is booked on: a project, one of its tasks, or a client. Its text is what forms send: `12`, `12:34`, `c7`.
struct Place: Sendable, Equatable {
    var projectID: Int64?
    var taskID: Int64?
    var clientID: Int64?
    /// What makes two places the same.
    struct Key: Hashable, Sendable {
        let projectID: Int64?
        let taskID: Int64?
        let clientID: Int64?
    }

    var key: Key { Key(projectID: projectID, taskID: taskID, clientID: clientID) }

    var name = ""
    /// Whose project it is.
    var clientName = ""

    init(projectID: Int64? = nil, taskID: Int64? = nil, clientID: Int64? = nil) {
        self.projectID = projectID
        self.taskID = taskID
        self.clientID = clientID
    }

    init(_ stored: Stored) {
        projectID = stored.projectID
        taskID = stored.taskID
        name = stored.projectName + (stored.taskName.map { " › \($0)" } ?? "")
        clientName = stored.clientName ?? ""
    }

    /// Where an entry is booked.
    init(_ entry: TimeEntry) {
        projectID = entry.projectID?.number
        taskID = entry.taskID?.number
        clientID = entry.projectID == nil ? entry.clientID?.number : nil
        let place = entry.projectName ?? entry.clientName
        name = place.map { place in entry.taskName.map { "\(place) › \($0)" } ?? place } ?? entry.taskName ?? ""
    }

    /// Nil for what no form of ours sends.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        if let first = parts.first, first.utf8.first == UInt8(ascii: "c"), let id = Int64(first.dropFirst()), id > 0 {
            self.init(clientID: id)
            return
        }
        guard (1...2).contains(parts.count), let project = Int64(parts[0]), project > 0 else { return nil }
        guard parts.count == 2 else {
            self.init(projectID: project)
            return
        }
        guard let task = Int64(parts[1]), task > 0 else { return nil }
        self.init(projectID: project, taskID: task)
    }

    var text: String {
        if let clientID { return "c\(clientID)" }
        guard let projectID else { return "" }
        return taskID.map { "\(projectID):\($0)" } ?? "\(projectID)"
    }

    var option: [String: Any] { ["value": text, "name": name, "client": clientName, "is_selected": false] }

    /// The members of a time entry's body.
    var members: [(String, JSONValue)] {
        func id(_ value: Int64?) -> JSONValue { value.map { .number("\($0)") } ?? .null }
        if let clientID { return [("client_id", id(clientID))] }
        return [("project_id", id(projectID)), ("task_id", id(taskID))]
    }
}

extension Place {
    /// A project or one of its tasks, by their names.
    struct Stored: RowProjection {
        var projectID: Int64 = 0
        var taskID: Int64?
        var projectName = ""
        var taskName: String?
        var clientName: String?

        static let table = "projects"
        static let alias = "p"
        static let selected = selectList()

        /// Over `projects p`, `clients c`, `tasks t`.
        static func map(_ row: inout some ColumnVisitor, _ stored: inout Stored) {
            row.column("id", &stored.projectID)
            row.computed("t.id", &stored.taskID)
            row.column("name", &stored.projectName)
            row.computed("t.name", &stored.taskName)
            row.computed("c.name", &stored.clientName)
        }
    }

    static func all(_ rows: Rows) throws -> [Place] { try ModelRows<Stored>(rows).all().map { Place($0) } }
}

/// The places that can be chosen.
enum Places {
    /// Most that a page carries; scripts search among all.
    private static let most: Int64 = 400

    /// Active projects and their open tasks that somebody sees, by client and name.
    ///
    /// - Parameter text: words that client, project or task must contain; empty = all.
    static func find(_ text: String, most: Int64 = most, _ call: Call) async throws -> [Place] {
        var sql = SQL()
        let visible = Visibility.condition(call.principal, clientID: "p.client_id", in: &sql)
        var conditions = [visible]
        for word in text.split(separator: " ").prefix(5) {
            let pattern = sql.bind(.text("%" + LikePattern.escape(String(word)) + "%"))
            conditions.append("concat_ws(' ', c.name, p.name, t.name) ilike \(pattern)")
        }
        sql.add(
            """
            select \(Place.Stored.selected) from projects p join clients c on c.id = p.client_id
            left join lateral (
                select null::bigint as id, null::varchar as name
                union all
                select k.id, k.name from tasks k where k.project_id = p.id and k.status not in ('done', 'cancelled')
            ) t on true
            where p.status = 'active' and \(conditions.joined(separator: " and "))
            order by c.name, c.id, p.name, p.id, t.name nulls first, t.id limit
            """)
        sql.add(" ", .int(most))
        return try Place.all(try await call.db.query(sql.statement))
    }

    /// Options of a select, grouped by client; `chosen` is among them even if it is active no more.
    static func options(_ places: [Place], recent: [Place], chosen: Place?) -> HTML {
        var groups: [(name: String, places: [Place])] = []
        if let chosen, !(places + recent).contains(where: { $0.text == chosen.text }) {
            groups.append(("Now", [chosen]))
        }
        if !recent.isEmpty { groups.append(("Recent", recent)) }
        for place in places where !recent.contains(where: { $0.text == place.text }) {
            if groups.last?.name == place.clientName {
                groups[groups.count - 1].places.append(place)
            } else {
                groups.append((place.clientName, [place]))
            }
        }
        var html = HTMLWriter(capacity: 16 * 1024)
        for group in groups {
            html.literal("<optgroup label=\"")
            html.text(group.name)
            html.literal("\">")
            for place in group.places {
                FormOptions.write(place.text, place.name, isChosen: place.text == chosen?.text, to: &html)
            }
            html.literal("</optgroup>")
        }
        return html.finish()
    }
}
