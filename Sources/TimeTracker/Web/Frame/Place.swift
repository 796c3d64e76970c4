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
