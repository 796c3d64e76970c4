import HTTPTypes

/// The OpenAPI 3.1 document of a set of routes. Everything in it comes from the routes themselves.
public struct OpenAPIDocument: Sendable {
    /// Prefix of the paths that the document's server names.
    static let base = "/api/v1"

    let routes: [Route]
    let version: String

    init(routes: [Route], version: String) {
        self.routes = routes.filter { $0.isDocumented }
        self.version = version
    }

    /// The document of this release.
    public static func json(version: String) -> String {
        OpenAPIDocument(routes: Resources.routes, version: version).text
    }

    var text: String {
        var schemas = SchemaWriter()
        var json = JSONWriter(capacity: 256 * 1024)
        json.beginObject()
        json.key("openapi")
        json.value("3.1.0")
        writeInfo(&json)
        json.key("servers")
        json.raw("[{\"url\":\"\(Self.base)\"}]")
        writeTags(&json)
        json.key("paths")
        json.beginObject()
        for (path, routes) in paths { writePath(path, routes, &schemas, &json) }
        json.endObject()
        OpenAPIComponents.write(&schemas, to: &json)
        json.endObject()
        return json.text
    }

    private func writeInfo(_ json: inout JSONWriter) {
        json.key("info")
        json.beginObject()
        json.key("title")
        json.value("TimeTracker REST API")
        json.key("version")
        json.value(version)
        json.key("description")
        json.value(
            """
            Track time on projects, clients and tasks. Authenticate with an API token, as `Authorization: Bearer tt_…` or \
            `X-API-Key: tt_…`. Timestamps are UTC; money and hours are numbers with two decimals. PUT and PATCH are the same: \
            only the members that are sent change. Requests are counted per token in sliding windows of a minute and an hour.
            """)
        json.endObject()
    }

    private var tags: [String] {
        var tags: [String] = []
        for route in routes where !tags.contains(route.tag) { tags.append(route.tag) }
        return tags
    }

    private func writeTags(_ json: inout JSONWriter) {
        json.key("tags")
        json.beginArray()
        for tag in tags {
            json.beginObject()
            json.key("name")
            json.value(tag)
            json.endObject()
        }
        json.endArray()
    }

    private var paths: [(String, [Route])] {
        var order: [String] = []
        let grouped = Dictionary(grouping: routes, by: \.path)
        for route in routes where !order.contains(route.path) { order.append(route.path) }
        return order.map { ($0, grouped[$0] ?? []) }
    }

    private func writePath(_ path: String, _ routes: [Route], _ schemas: inout SchemaWriter, _ json: inout JSONWriter) {
        let isBased = path.hasPrefix(Self.base + "/")
        json.key(JSONKey(name: isBased ? String(path.dropFirst(Self.base.count)) : path))
        json.beginObject()
        if !isBased {
            json.key("servers")
            json.raw(#"[{"url":"/"}]"#)
        }
        for route in routes {
            for method in route.methods {
                json.key(JSONKey(name: method.rawValue.lowercased()))
                OpenAPIOperation(route: route, method: method).write(&schemas, to: &json)
            }
        }
        json.endObject()
    }
}

extension Route {
    /// Section of the document: the first segment after the prefix.
    var tag: String {
        let segments = path.split(separator: "/").filter { $0 != "api" && $0 != "v1" }
        let first = segments.first.map(String.init) ?? "system"
        return ["info", "health", "_health", "_ready"].contains(first) ? "system" : first
    }

    /// Pages for people are not part of the API.
    var isDocumented: Bool {
        if case .page = access { return false }
        return path.hasPrefix("/api/") && !path.hasPrefix("/api/docs") && path != "/api/openapi.json"
    }
}
