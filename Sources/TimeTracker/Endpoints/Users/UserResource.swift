import HTTPTypes

/// `/api/v1/users` (behaviour.md §11.3).
enum UserResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/users/me", summary: "The authenticated user", access: .token(.init("read:users")),
            response: meSchema,
            handler: me),
        Route(
            .get, path: "/api/v1/users", summary: "List active users", access: .adminToken(.init("admin:all")),
            query: [.page, .perPage], response: .list("users", of: User.schema), handler: list),
    ]

    private static let meSchema = Schema.object(
        name: "Me",
        properties: [
            ("user", User.schema),
            (
                "time_entry_requirements",
                .object(
                    name: "TimeEntryRequirements",
                    properties: [
                        ("require_task", .boolean()), ("require_description", .boolean()),
                        ("description_min_length", .integer()),
                    ], required: ["require_task", "require_description", "description_min_length"])
            ), ("enabled_modules", .array(of: .string())),
        ], required: ["user", "time_entry_requirements", "enabled_modules"])

    @Sendable private static func me(_ call: Call) async throws -> Reply {
        guard let user = try await UserStore.actor(call.context) else { throw APIError.invalidToken }
        let settings = call.settings
        let modules = Module.allCases.filter { settings.isEnabled($0) || (call.principal.isAdmin && $0 == .clients) }
        return .json { json in
            json.beginObject()
            json.key("user")
            user.write(to: &json)
            json.key("time_entry_requirements")
            json.beginObject()
            json.key("require_task")
            json.value(settings.requiresTask)
            json.key("require_description")
            json.value(settings.requiresDescription)
            json.key("description_min_length")
            json.value(settings.descriptionMinLength)
            json.endObject()
            json.key("enabled_modules")
            json.beginArray()
            for module in modules { json.value(module.rawValue) }
            json.endArray()
            json.endObject()
        }
    }

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let page = query.page()
        try query.finish()
        let (users, pagination) = try await UserStore.list(.init(isActive: true), page, call.context)
        return try .list(key: "users", users, pagination)
    }
}
