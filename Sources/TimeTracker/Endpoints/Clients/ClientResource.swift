import HTTPTypes

/// `/api/v1/clients` (behaviour.md §4.2).
enum ClientResource: Resource {
    static let objects = ObjectRoutes<Client>(
        path: "/api/v1/clients", key: "client", module: .clients, read: .token(.init("read:clients")),
        write: .token(.init("write:clients")), body: ClientInput.body)

    static let routes = [
        objects.list(
            details: "By name, active and inactive.",
            query: [.text("status", "active or inactive"), .text("search", "Part of name, company or email")],
            find: found),
        objects.create, objects.get, objects.update,
        objects.remove(details: "Refused while projects, quotes or time entries refer to it.", errors: [.conflict]),
    ]

    /// The page of clients that the query asks for.
    @Sendable static func found(_ call: Call) async throws -> ObjectRoutes<Client>.Found {
        var query = call.query
        let status = query.text("status")
        let search = query.text("search")
        let page = query.page()
        try query.finish()
        return try await ObjectStore<Client>.list(status: status, search: search, page, call.context)
    }
}
