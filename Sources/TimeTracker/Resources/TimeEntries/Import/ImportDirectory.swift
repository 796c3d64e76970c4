import Postgres

/// Clients, projects and tasks that the rows of an import name: those that exist, and those it will make.
///
/// What doesn't exist gets a negative id when the first good row needs it, so that later rows find it by name.
struct ImportDirectory {
    struct Client {
        var id: Int64
        let name: String
        let isVisible: Bool
    }

    struct Project {
        var id: Int64
        let name: String
        var client: Client
        let status: String
    }

    struct Task {
        var id: Int64
        let name: String
        let projectID: Int64
    }

    struct Target {
        var project: Project
        var task: Task?
    }

    private struct Key: Hashable {
        let ownerID: Int64
        let name: String
    }

    private let mayCreate: Bool
    private var clients: [String: Client] = [:]
    private var projects: [Int64: Project] = [:]
    private var projectsByName: [String: [Int64]] = [:]
    private var projectsByClient: [Key: Int64] = [:]
    private var tasks: [Int64: Task] = [:]
    private var tasksByProject: [Key: Int64] = [:]
    private(set) var newClients: [Client] = []
    private(set) var newProjects: [Project] = []
    private(set) var newTasks: [Task] = []

    private static func fold(_ name: String) -> String { Tags.trim(name).lowercased() }

    // MARK: What exists

    init(_ rows: [ImportRow], _ call: Call, in tx: PostgresTransaction) async throws {
        mayCreate = !call.principal.seesAssignedClientsOnly
        let projectNames = Set(rows.compactMap(\.projectName).map(Self.fold))
        let clientNames = projectNames.union(rows.compactMap(\.clientName).map(Self.fold))
        try await loadClients(Array(clientNames), call, tx)
        try await loadProjects(Set(rows.compactMap(\.projectID)).sorted(), Array(projectNames), call, tx)
        try await loadTasks(rows, tx)
    }

    private mutating func loadClients(_ names: [String], _ call: Call, _ tx: PostgresTransaction) async throws {
        var sql = SQL()
        let visible = Visibility.condition(call.principal, clientID: "c.id", in: &sql)
        sql.add("select c.id, c.name, \(visible) from clients c where lower(c.name) = any (", .textArray(names), ")")
        for row in try await tx.query(sql.statement) {
            clients[Self.fold(row.string(1))] = Client(id: row.int(0), name: row.string(1), isVisible: row.bool(2))
        }
    }

    private mutating func loadProjects(
        _ ids: [Int64], _ names: [String], _ call: Call, _ tx: PostgresTransaction
    ) async throws {
        var sql = SQL()
        let visible = Visibility.condition(call.principal, clientID: "c.id", in: &sql)
        sql.add(
            """
            select p.id, p.name, p.status, c.id, c.name, \(visible) from projects p join clients c on c.id = p.client_id
            where p.id = any (
            """)
        sql.add("", .intArray(ids), ") or lower(btrim(p.name)) = any (")
        sql.add("", .textArray(names), ") order by p.id")
        for row in try await tx.query(sql.statement) {
            let client = Client(id: row.int(3), name: row.string(4), isVisible: row.bool(5))
            add(Project(id: row.int(0), name: row.string(1), client: client, status: row.string(2)))
        }
    }

    private mutating func loadTasks(_ rows: [ImportRow], _ tx: PostgresTransaction) async throws {
        let ids = Set(rows.compactMap(\.taskID)).sorted()
        let names = Set(rows.compactMap(\.taskName).map(Self.fold))
        guard !ids.isEmpty || !names.isEmpty else { return }
        let statement = Statement(
            """
            select id, name, project_id from tasks
            where id = any ($1) or project_id = any ($2) and lower(btrim(name)) = any ($3) order by id
            """, [.intArray(ids), .intArray(projects.keys.sorted()), .textArray(Array(names))])
        for row in try await tx.query(statement) {
            add(Task(id: row.int(0), name: row.string(1), projectID: row.int(2)))
        }
    }

    private mutating func add(_ project: Project) {
        projects[project.id] = project
        projectsByName[Self.fold(project.name), default: []].append(project.id)
        let key = Key(ownerID: project.client.id, name: Self.fold(project.name))
        if projectsByClient[key] == nil { projectsByClient[key] = project.id }
    }

    private mutating func add(_ task: Task) {
        tasks[task.id] = task
        let key = Key(ownerID: task.projectID, name: Self.fold(task.name))
        if tasksByProject[key] == nil { tasksByProject[key] = task.id }
    }

    // MARK: Rows

    /// What a row means; ids of what would have to be made are 0.
    func target(of row: ImportRow) throws(ImportRow.Problem) -> Target {
        let project = try project(of: row)
        if project.status == "archived" { throw "project '\(project.name)' is archived" }
        return Target(project: project, task: try task(of: row, in: project))
    }

    private func project(of row: ImportRow) throws(ImportRow.Problem) -> Project {
        if let id = row.projectID {
            guard let project = projects[id], project.client.isVisible else { throw "project_id \(id) does not exist" }
            return project
        }
        let name = row.projectName ?? ""
        if row.clientName == nil {
            let named = (projectsByName[Self.fold(name)] ?? []).compactMap { projects[$0] }
            let visible = named.filter(\.client.isVisible)
            if visible.count == 1 { return visible[0] }
        }
        let clientName = row.clientName ?? name
        guard let client = clients[Self.fold(clientName)] else {
            guard mayCreate else { throw "client '\(clientName)' does not exist" }
            return Project(
                id: 0, name: name, client: Client(id: 0, name: clientName, isVisible: true), status: "active")
        }
        guard client.isVisible else { throw "client '\(clientName)' does not exist" }
        if let id = projectsByClient[Key(ownerID: client.id, name: Self.fold(name))], let project = projects[id] {
            return project
        }
        guard mayCreate else { throw "project '\(name)' does not exist" }
        return Project(id: 0, name: name, client: client, status: "active")
    }

    private func task(of row: ImportRow, in project: Project) throws(ImportRow.Problem) -> Task? {
        if let id = row.taskID {
            guard let task = tasks[id], task.projectID == project.id else {
                throw "task_id \(id) does not belong to the project"
            }
            return task
        }
        guard let name = row.taskName else { return nil }
        if let id = tasksByProject[Key(ownerID: project.id, name: Self.fold(name))] { return tasks[id] }
        guard mayCreate else { throw "task '\(name)' does not exist" }
        return Task(id: 0, name: name, projectID: project.id)
    }

    /// Takes up what a good row needs made; returns the target with its ids.
    mutating func register(_ target: Target) -> Target {
        var target = target
        if target.project.client.id == 0 {
            target.project.client.id = -Int64(newClients.count + 1)
            newClients.append(target.project.client)
            clients[Self.fold(target.project.client.name)] = target.project.client
        }
        if target.project.id == 0 {
            target.project.id = -Int64(newProjects.count + 1)
            newProjects.append(target.project)
            add(target.project)
        }
        if let task = target.task, task.id == 0 {
            let made = Task(id: -Int64(newTasks.count + 1), name: task.name, projectID: target.project.id)
            newTasks.append(made)
            add(made)
            target.task = made
        }
        return target
    }
}
