import HTTPTypes

/// One operation of the document (OpenAPI 3.1 §4.8.10).
struct OpenAPIOperation {
    let route: Route
    let method: HTTPRequest.Method

    func write(_ schemas: inout SchemaWriter, to json: inout JSONWriter) {
        json.beginObject()
        json.key("operationId")
        json.value(identifier)
        json.key("summary")
        json.value(route.summary)
        if !description.isEmpty {
            json.key("description")
            json.value(description)
        }
        json.key("tags")
        json.beginArray()
        json.value(route.tag)
        json.endArray()
        writeSecurity(&json)
        writeParameters(&schemas, &json)
        writeBody(&schemas, &json)
        writeResponses(&schemas, &json)
        json.endObject()
    }

    /// `getProjectsById`
    private var identifier: String {
        let hasPrefix = route.path.hasPrefix(OpenAPIDocument.base + "/")
        let segments = route.path.split(separator: "/").dropFirst(hasPrefix ? 2 : 0)
        let words = segments.flatMap { segment -> [String] in
            if segment.hasPrefix("{") {
                return ["By", segment.dropFirst().dropLast().split(separator: "_").map(Self.capital).joined()]
            }
            return segment.split { $0 == "-" || $0 == "_" || $0 == "." }.map(Self.capital)
        }
        return method.rawValue.lowercased() + words.joined()
    }

    private static func capital(_ word: Substring) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private var description: String {
        var lines = route.details.isEmpty ? [] : [route.details]
        if case .token(let scopes) = route.access.requirement {
            let list = scopes.anyOf.map { "`\($0)`" }.joined(separator: " or ")
            lines.append("Scope: \(list)\(route.access.isForAdministrators ? "; administrators only" : "").")
        }
        if let module = route.module { lines.append("Module: `\(module.rawValue)`.") }
        return lines.joined(separator: "\n\n")
    }

    private func writeSecurity(_ json: inout JSONWriter) {
        json.key("security")
        json.beginArray()
        if case .token(let scopes) = route.access.requirement {
            for scheme in ["BearerAuth", "ApiKeyAuth"] {
                for scope in scopes.anyOf { json.raw("{\"\(scheme)\":[\"\(scope)\"]}") }
            }
        }
        if route.access.isForBrowsers { json.raw(#"{"SessionCookie":[]}"#) }
        if case .sessionOrAdminToken = route.access { json.raw(#"{"BearerAuth":[]},{"ApiKeyAuth":[]}"#) }
        json.endArray()
    }

    // MARK: Parameters

    private func writeParameters(_ schemas: inout SchemaWriter, _ json: inout JSONWriter) {
        let headers = headerParameters
        guard !route.query.isEmpty || !route.pathParameters.isEmpty || !headers.isEmpty else { return }
        json.key("parameters")
        json.beginArray()
        for name in route.pathParameters {
            writeParameter(name, in: "path", isRequired: true, .integer(range: 1...Int64.max), &schemas, &json)
        }
        for parameter in route.query {
            writeParameter(parameter.name, in: "query", isRequired: false, parameter.schema, &schemas, &json)
        }
        for name in headers { json.raw("{\"$ref\":\"#/components/parameters/\(name)\"}") }
        json.endArray()
    }

    private func writeParameter(
        _ name: String, in place: String, isRequired: Bool, _ schema: Schema, _ schemas: inout SchemaWriter,
        _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("name")
        json.value(name)
        json.key("in")
        json.value(place)
        if isRequired {
            json.key("required")
            json.value(true)
        }
        if !schema.description.isEmpty {
            json.key("description")
            json.value(schema.description)
        }
        json.key("schema")
        schemas.writeInline(schema, to: &json)
        json.endObject()
    }

    private var headerParameters: [String] {
        var names: [String] = []
        if route.operation != nil { names.append("IdempotencyKey") }
        if route.access.isForBrowsers, method != .get { names.append("CSRFToken") }
        if route.isConditional { names.append(method == .get ? "IfNoneMatch" : "IfMatch") }
        return names
    }

    // MARK: Body

    private func writeBody(_ schemas: inout SchemaWriter, _ json: inout JSONWriter) {
        if let upload = route.upload { return write(upload, &json) }
        guard let body = route.body else { return }
        json.key("requestBody")
        json.beginObject()
        if body.hasRequired, method == .post {
            json.key("required")
            json.value(true)
        }
        json.key("content")
        json.beginObject()
        json.key("application/json")
        json.beginObject()
        json.key("schema")
        schemas.write(body.schema(isPartial: method != .post), to: &json)
        json.key("example")
        ExampleValues.write(body.schema, named: "", to: &json)
        json.endObject()
        json.endObject()
        json.endObject()
    }

    private func write(_ upload: Route.Upload, _ json: inout JSONWriter) {
        switch upload {
        case .csv:
            let example =
                "project_name,client_name,start_time,end_time,notes\\nWebsite,Example Ltd,2024-01-15 09:00,2024-01-15 17:00,Work"
            json.key("requestBody")
            json.raw(
                """
                {"required":true,"content":{
                "text/csv":{"schema":{"type":"string"},"example":"\(example)"},
                "multipart/form-data":{"schema":{"type":"object","properties":{"file":{"type":"string","format":"binary"}},"required":["file"]}},
                "application/json":{"schema":{"type":"object","properties":{"csv":{"type":"string"}},"required":["csv"]},"example":{"csv":"\(example)"}}}}
                """)
        }
    }

    // MARK: Responses

    private func writeResponses(_ schemas: inout SchemaWriter, _ json: inout JSONWriter) {
        json.key("responses")
        json.beginObject()
        json.key(JSONKey(name: String(route.success.code)))
        json.beginObject()
        json.key("description")
        json.value(route.success.reasonPhrase)
        writeResponseHeaders(&json)
        if route.success != .noContent {
            json.key("content")
            json.beginObject()
            json.key("application/json")
            json.beginObject()
            json.key("schema")
            schemas.write(route.response, to: &json)
            json.endObject()
            json.endObject()
        }
        json.endObject()
        if route.isConditional, method == .get {
            json.key("304")
            json.raw(##"{"description":"Not Modified","headers":{"ETag":{"$ref":"#/components/headers/ETag"}}}"##)
        }
        for status in errors {
            json.key(JSONKey(name: String(status)))
            json.raw("{\"$ref\":\"#/components/responses/\(OpenAPIComponents.responseName(status))\"}")
        }
        json.endObject()
    }

    private func writeResponseHeaders(_ json: inout JSONWriter) {
        var names = ["X-Request-ID"]
        if case .token = route.access.requirement {
            names += [
                "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy",
            ]
        }
        if route.operation != nil { names.append("Idempotency-Replayed") }
        if route.isConditional, method != .delete { names.append("ETag") }
        json.key("headers")
        json.beginObject()
        for name in names {
            json.key(JSONKey(name: name))
            json.raw("{\"$ref\":\"#/components/headers/\(name)\"}")
        }
        json.endObject()
    }

    private var errors: [Int] {
        var statuses = Set(route.errors.map(\.code))
        if case .token = route.access.requirement { statuses.formUnion([401, 403, 429, 503]) }
        if route.access.isForBrowsers { statuses.formUnion([401, 403, 503]) }
        if case .sessionOrAdminToken = route.access { statuses.insert(429) }
        if !route.pathParameters.isEmpty { statuses.insert(404) }
        if route.body != nil || route.upload != nil { statuses.formUnion([400, 413]) }
        if route.body != nil { statuses.formUnion([413, 415]) }
        if route.operation != nil { statuses.formUnion([400, 409]) }
        if route.query.contains(where: { $0.name != "page" && $0.name != "per_page" }) { statuses.insert(400) }
        if route.isConditional, method != .get { statuses.insert(412) }
        // A write can fail on rules that only the data know.
        if method != .get, method != .delete { statuses.insert(400) }
        statuses.remove(route.success.code)
        return statuses.sorted()
    }
}
