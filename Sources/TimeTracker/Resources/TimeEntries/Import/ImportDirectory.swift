import Postgres

/// Clients, projects and tasks that the rows of an import name: those that exist, and those it will make.
///
/// Names are the same when the database says so: it makes a key of each name (migration 0014), and keys are compared by
/// their bytes. What doesn't exist gets a negative id when the first good row needs it, so that later rows find it by name.
struct ImportDirectory {
    struct Client: RowProjection {
        var id: Int64 = 0
        var name = ""
        var key = RawText("")
        var isVisible = false

        static let table = "clients"
        static let alias = "c"
        static let selected = selectList()

        /// But for ``isVisible``, which depends on who asks.
        static func map(_ row: inout some ColumnVisitor, _ client: inout Client) {
            row.column("id", &client.id)
            row.column("name", &client.name)
            row.computed(NameKey.sql("c.name"), &client.key)
        }
    }

    struct Project: RowProjection {
        var id: Int64 = 0
        var name = ""
        var key = RawText("")
        var client = Client()
        var status = ProjectStatus.active

        static let table = "projects"
        static let alias = "p"
        static let selected = selectList()

        /// Over `projects p` and `clients c`.
        static func map(_ row: inout some ColumnVisitor, _ project: inout Project) {
            row.column("id", &project.id)
            row.column("name", &project.name)
            row.computed(NameKey.sql("p.name"), &project.key)
            row.column("status", &project.status)
            row.model(&project.client)
        }
    }

    struct Task: RowProjection {
        var id: Int64 = 0
        var name = ""
        var key = RawText("")
        var projectID: Int64 = 0

        static let table = "tasks"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ task: inout Task) {
            row.column("id", &task.id)
            row.column("name", &task.name)
            row.computed(NameKey.sql("tasks.name"), &task.key)
            row.column("project_id", &task.projectID)
        }
    }

    struct Target {
        var project: Project
        var task: Task?
    }

    private struct OwnedName: Hashable {
        let ownerID: Int64
        let key: RawText
    }

    private let mayCreate: Bool
    /// Keys of the names in the file.
    private var keys: [RawText: RawText] = [:]
    private var clients: [RawText: Client] = [:]
    private var projects: [Int64: Project] = [:]
    /// Visible projects of a name: the first of them, and how many they are.
    private var projectsByName: [RawText: (first: Int64, count: Int)] = [:]
    private var projectsByClient: [OwnedName: Int64] = [:]
    private var tasks: [Int64: Task] = [:]
    private var tasksByProject: [OwnedName: Int64] = [:]
    private(set) var newClients: [Client] = []
    private(set) var newProjects: [Project] = []
    private(set) var newTasks: [Task] = []

    private func key(_ name: String) -> RawText { keys[RawText(name)] ?? RawText(name) }

    // MARK: What exists

    init(_ rows: [ImportRow], _ context: Context, in tx: PostgresTransaction) async throws {
        mayCreate = !context.principal.seesAssignedClientsOnly
        var projectNames: Set<RawText> = []
        var clientNames: Set<RawText> = []
        var taskNames: Set<RawText> = []
        for row in rows {
            if let name = row.projectName { projectNames.insert(RawText(name)) }
            if let name = row.clientName { clientNames.insert(RawText(name)) }
            if let name = row.taskName { taskNames.insert(RawText(name)) }
        }
        clientNames.formUnion(projectNames)
        try await loadKeys(clientNames.union(taskNames), tx)
        try await loadClients(keys(of: clientNames), context, tx)
        try await loadProjects(Set(rows.compactMap(\.projectID)).sorted(), keys(of: projectNames), context, tx)
        try await loadTasks(Set(rows.compactMap(\.taskID)).sorted(), keys(of: taskNames), tx)
    }

    private mutating func loadKeys(_ names: Set<RawText>, _ tx: PostgresTransaction) async throws {
        guard !names.isEmpty else { return }
        let statement = Statement(
            "select name, \(NameKey.sql("name")) from unnest($1::text[]) as name",
            [.textArray(names.map(\.unchecked))])
        for row in try await tx.query(statement) { keys[try row.scalar(0)] = try row.scalar(1) as RawText }
    }

    private func keys(of names: Set<RawText>) -> PostgresValue {
        .textArray(Set(names.map { keys[$0] ?? $0 }).map(\.unchecked))
    }

    private mutating func loadClients(_ keys: PostgresValue, _ context: Context, _ tx: PostgresTransaction) async throws
    {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "c.id", in: &sql)
        sql.add(
            """
            select \(visible), \(Client.selected) from clients c
            where \(NameKey.sql("c.name")) = any (
            """)
        sql.add("", keys, ")")
        for row in try await tx.query(sql.statement) {
            var client = try Client(row, from: 1)
            client.isVisible = try row.scalar(0)
            clients[client.key] = client
        }
    }

    private mutating func loadProjects(
        _ ids: [Int64], _ keys: PostgresValue, _ context: Context, _ tx: PostgresTransaction
    ) async throws {
        var sql = SQL()
        let visible = Visibility.condition(context.principal, clientID: "c.id", in: &sql)
        sql.add(
            """
            select \(visible), \(Project.selected)
            from projects p join clients c on c.id = p.client_id
            where p.id = any (
            """)
        sql.add("", .intArray(ids), ") or \(NameKey.sql("p.name")) = any (")
        sql.add("", keys, ") order by p.id")
        for row in try await tx.query(sql.statement) {
            var project = try Project(row, from: 1)
            project.client.isVisible = try row.scalar(0)
            add(project)
        }
    }

    private mutating func loadTasks(_ ids: [Int64], _ keys: PostgresValue, _ tx: PostgresTransaction) async throws {
        guard !ids.isEmpty || keys != .textArray([]) else { return }
        let statement = Statement(
            """
            select \(Task.selected) from tasks
            where id = any ($1) or project_id = any ($2) and \(NameKey.sql("name")) = any ($3) order by id
            """, [.intArray(ids), .intArray(projects.keys.sorted()), keys])
        for task in try ModelRows<Task>(try await tx.query(statement)).all() { add(task) }
    }

    private mutating func add(_ project: Project) {
        projects[project.id] = project
        if project.client.isVisible {
            projectsByName[project.key, default: (project.id, 0)].count += 1
        }
        let place = OwnedName(ownerID: project.client.id, key: project.key)
        if projectsByClient[place] == nil { projectsByClient[place] = project.id }
    }

    private mutating func add(_ task: Task) {
        tasks[task.id] = task
        let place = OwnedName(ownerID: task.projectID, key: task.key)
        if tasksByProject[place] == nil { tasksByProject[place] = task.id }
    }

    // MARK: Rows

    /// What a row means; ids of what would have to be made are 0.
    func target(of row: ImportRow) throws(ImportRow.Problem) -> Target {
        let project = try project(of: row)
        if project.status == .archived { throw "project '\(project.name)' is archived" }
        return Target(project: project, task: try task(of: row, in: project))
    }

    private func project(of row: ImportRow) throws(ImportRow.Problem) -> Project {
        if let id = row.projectID {
            guard let project = projects[id], project.client.isVisible else { throw "project_id \(id) does not exist" }
            return project
        }
        let name = row.projectName ?? ""
        if row.clientName == nil, let named = projectsByName[key(name)], named.count == 1,
            let project = projects[named.first]
        {
            return project
        }
        let clientName = row.clientName ?? name
        guard let client = clients[key(clientName)] else {
            guard mayCreate else { throw "client '\(clientName)' does not exist" }
            let client = Client(id: 0, name: clientName, key: key(clientName), isVisible: true)
            return Project(id: 0, name: name, key: key(name), client: client)
        }
        guard client.isVisible else { throw "client '\(clientName)' does not exist" }
        if let id = projectsByClient[OwnedName(ownerID: client.id, key: key(name))], let project = projects[id] {
            return project
        }
        guard mayCreate else { throw "project '\(name)' does not exist" }
        return Project(id: 0, name: name, key: key(name), client: client)
    }

    private func task(of row: ImportRow, in project: Project) throws(ImportRow.Problem) -> Task? {
        if let id = row.taskID {
            guard let task = tasks[id], task.projectID == project.id else {
                throw "task_id \(id) does not belong to the project"
            }
            return task
        }
        guard let name = row.taskName else { return nil }
        if let id = tasksByProject[OwnedName(ownerID: project.id, key: key(name))] { return tasks[id] }
        guard mayCreate else { throw "task '\(name)' does not exist" }
        return Task(id: 0, name: name, key: key(name), projectID: project.id)
    }

    /// Takes up what a good row needs made; returns the target with its ids.
    mutating func register(_ target: Target) -> Target {
        var target = target
        if target.project.client.id == 0 {
            target.project.client.id = -Int64(newClients.count + 1)
            newClients.append(target.project.client)
            clients[target.project.client.key] = target.project.client
        }
        if target.project.id == 0 {
            target.project.id = -Int64(newProjects.count + 1)
            newProjects.append(target.project)
            add(target.project)
        }
        if let task = target.task, task.id == 0 {
            let made = Task(
                id: -Int64(newTasks.count + 1), name: task.name, key: task.key, projectID: target.project.id)
            newTasks.append(made)
            add(made)
            target.task = made
        }
        return target
    }
}
