import HTTPTypes

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
            success: .created, response: .saved("project", Project.schema)
        ) { call in
            try await call.create(ProjectOperations.self, "project", "Project created successfully")
        },
        Route(
            .get, path: "/api/v1/projects/{id}", summary: "Get a project", access: read,
            response: .single("project", Project.schema), isConditional: true
        ) { call in
            .single(key: "project", try await ProjectStore.find(call.id(), call.context))
        },
        Route(
            .put, .patch, path: "/api/v1/projects/{id}", summary: "Update a project",
            details: "Only the fields that are sent change.", access: write, body: ProjectInput.body,
            response: .saved("project", Project.schema), isConditional: true
        ) { call in
            try await call.update(ProjectOperations.self, "project", "Project updated successfully")
        },
        Route(
            .delete, path: "/api/v1/projects/{id}", summary: "Archive a project",
            details: "The project and its entries stay; running timers go on.", access: write, response: .message,
            isConditional: true
        ) { call in
            try await call.remove(ProjectOperations.self, "project", "Project archived successfully")
        },
    ]

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (projects, pagination) = try await found(call)
        return try .list(key: "projects", projects, pagination)
    }

    /// The page of projects that the query asks for.
    static func found(_ call: Call) async throws -> (ModelRows<Project>, Pagination) {
        var query = call.query
        let status = query.text("status") ?? "active"
        let clientID: ID<Client>? = query.id("client_id")
        let page = query.page()
        try query.finish()
        return try await ProjectList.read(
            status: status == "all" ? nil : status, clientID: clientID, page, call.context)
    }
}
