import Postgres

/// Makes the clients, projects and tasks that an import needs, and knows their ids.
struct ImportedObjects {
    private var projects: [Int64: Int64] = [:]
    private var tasks: [Int64: Int64] = [:]

    init(_ directory: ImportDirectory, _ context: Context, in tx: PostgresTransaction) async throws {
        var clients: [Int64: Client] = [:]
        for new in directory.newClients {
            var client = Client()
            client.name = new.name
            clients[new.id] = try await ObjectStore.save(client, .created, context, in: tx)
        }
        for new in directory.newProjects {
            var project = Project()
            project.name = new.name
            project.clientID = clients[new.client.id]?.id ?? ID(new.client.id)
            project.clientName = new.client.name
            projects[new.id] = try await ProjectStore.save(project, [.created], context, in: tx).id.number
        }
        for new in directory.newTasks {
            var task = TaskItem()
            task.name = new.name
            task.projectID = ID(projects[new.projectID] ?? new.projectID)
            task.move(to: .inProgress, now: .now())
            tasks[new.id] = try await TaskStore.save(task, [.created], context, in: tx).id.number
        }
    }

    /// The stored id of a project that was new, or of one that wasn't.
    func projectID(_ id: ID<Project>?) -> ID<Project>? { id.map { ID(projects[$0.number] ?? $0.number) } }
    func taskID(_ id: ID<TaskItem>?) -> ID<TaskItem>? { id.map { ID(tasks[$0.number] ?? $0.number) } }
}
