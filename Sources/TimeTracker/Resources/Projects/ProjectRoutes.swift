import HTTPTypes
import Postgres

/// `/api/v1/projects` (behaviour.md §4.5).
enum ProjectResource: Resource {
    private static let read = Route.Access.token(.init("read:projects"))
    private static let write = Route.Access.token(.init("write:projects"))

    static let routes = [
        Route(
            .get, path: "/api/v1/projects", summary: "List projects",
            details: "By name. Active ones unless status says else.",
            access: read,
            query: [
                .text("status", "active (default), on_hold, inactive, archived, or all"),
                .integer("client_id", "Projects of this client"), .page, .perPage,
            ], response: .list("projects", of: Project.schema), handler: list),
        Route(
            .post, path: "/api/v1/projects", summary: "Create a project", access: write, body: ProjectInput.body,
            success: .created, response: .saved("project", Project.schema), handler: create),
        Route(
            .get, path: "/api/v1/projects/{id}", summary: "Get a project", access: read,
            response: .single("project", Project.schema)
        ) { call in
            .single(key: "project", try await ProjectStore.find(call))
        },
        Route(
            .put, .patch, path: "/api/v1/projects/{id}", summary: "Update a project",
            details: "Only the fields that are sent change.", access: write, body: ProjectInput.body,
            response: .saved("project", Project.schema), handler: update),
        Route(
            .delete, path: "/api/v1/projects/{id}", summary: "Archive a project",
            details: "The project and its entries stay; running timers go on.", access: write, response: .message,
            handler: archive),
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let status = query.text("status") ?? "active"
        let clientID = query.integer("client_id")
        let page = query.page()
        try query.finish()
        var sql = SQL()
        var conditions = [Visibility.condition(call.principal, clientID: "p.client_id", in: &sql)]
        if status != "all" { conditions.append("p.status = \(sql.bind(.text(status)))") }
        if let clientID { conditions.append("p.client_id = \(sql.bind(.int(clientID)))") }
        let filter = conditions.joined(separator: " and ")
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) from projects p where \(filter))",
                page: "select p.* from projects p where \(filter)", order: "p.name, p.id"
            ).statement(
                sql, page, columns: "\(Project.columns), \(Project.joinedColumns)", alias: "p", joins: Project.joins))
        let (projects, pagination) = PageQuery.read(rows, page) { Project($0, offset: 1) }
        return .list(key: "projects", projects, pagination)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input()
        let changes = ProjectChanges(&input)
        try input.finish()
        return try await call.change { tx in
            var project = Project.new(name: changes.name.value ?? "", clientID: changes.clientID.value ?? 0)
            let client = try await ProjectStore.checkClient(project.clientID, call, in: tx)
            changes.apply(to: &project, client: client, actor: call.principal.userID)
            let saved = try await ProjectStore.save(project, [.created], call, in: tx)
            return .saved(.created, message: "Project created successfully", key: "project", saved)
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        var input = try call.input(partial: true)
        let changes = ProjectChanges(&input)
        try input.finish()
        return try await call.change { tx in
            let old = try await ProjectStore.lock(call, in: tx)
            try call.requireMatch(old, key: "project")
            var project = old
            let clientID = changes.clientID.value
            let client =
                if let clientID { try await ProjectStore.checkClient(clientID, call, in: tx) } else { Client?.none }
            changes.apply(to: &project, client: client, actor: call.principal.userID)
            var actions = [ChangeAction.updated]
            if project.isArchived, !old.isArchived { actions.append(.archived) }
            if !project.isArchived, old.isArchived { actions.append(.unarchived) }
            let saved = try await ProjectStore.save(project, actions, call, in: tx)
            return .saved(.ok, message: "Project updated successfully", key: "project", saved)
        }
    }

    @Sendable private static func archive(_ call: Call) async throws -> Reply {
        try call.principal.requireWriter()
        return try await call.change { tx in
            var project = try await ProjectStore.lock(call, in: tx)
            try call.requireMatch(project, key: "project")
            if !project.isArchived {
                project.archive(by: call.principal.userID)
                _ = try await ProjectStore.save(project, [.archived], call, in: tx)
            }
            return .message("Project archived successfully")
        }
    }
}
