import HTTPTypes

/// `GET /api/v1/search` (behaviour.md §7.1) and its deprecated twin for the web pages (behaviour.md §7.2).
enum SearchResource: Resource {
    static let routes = [
        Route(
            .get, path: "/api/v1/search", summary: "Search projects, tasks, clients and time entries",
            details: "Projects first, then tasks, clients and entries; a type that can't be searched is left out.",
            access: .token(.init("read:projects")), query: Search.parameters, response: Search.schema,
            errors: [.badRequest]
        ) { call in
            var query = call.query
            let search = try Search(&query)
            guard !search.isTooShort else { throw tooShort }
            return search.reply(try await search.run(call.context))
        },
        Route(
            .get, path: "/api/search", summary: "Search, for the web pages",
            details: "Deprecated twin of /api/v1/search; a text that is too short finds nothing.", access: .session,
            query: Search.parameters, response: Search.schema
        ) { call in
            var query = call.query
            let search = try Search(&query)
            let outcome = search.isTooShort ? .init() : try await search.run(call.context)
            var reply = search.reply(outcome)
            reply.headers += [("x-api-deprecated", "true"), ("link", "</api/v1/search>; rel=\"successor-version\"")]
            return reply
        },
    ]

    private static var tooShort: APIError {
        var error = APIError(
            .badRequest, "validation_error", "Query too short",
            message: "q needs at least \(Search.minLength) characters")
        error.extra = { json in
            json.key("results")
            json.beginArray()
            json.endArray()
            json.key("partial")
            json.value(false)
            json.key("errors")
            json.beginObject()
            json.endObject()
        }
        return error
    }
}
