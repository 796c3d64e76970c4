/// The parts of the document that operations refer to.
enum OpenAPIComponents {
    static func write(_ schemas: inout SchemaWriter, to json: inout JSONWriter) {
        json.key("components")
        json.beginObject()
        json.key("securitySchemes")
        json.raw(securitySchemes)
        json.key("parameters")
        json.raw(parameters)
        json.key("headers")
        json.raw(headers)
        json.key("responses")
        json.beginObject()
        for (status, name, description, schema) in responses {
            json.key(JSONKey(name: name))
            json.beginObject()
            json.key("description")
            json.value(description)
            if status == 429 || status == 503 {
                json.key("headers")
                json.raw(##"{"Retry-After":{"$ref":"#/components/headers/Retry-After"}}"##)
            }
            json.key("content")
            json.raw("{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/\(schema)\"}}}")
            json.endObject()
        }
        json.endObject()
        json.key("schemas")
        json.beginObject()
        for (name, schema) in [
            ("Error", error), ("ValidationError", validation), ("ScopeError", scope), ("RateLimitError", limit),
            ("ConflictError", conflict),
        ] {
            json.key(JSONKey(name: name))
            schemas.writeInline(schema, to: &json)
        }
        // Writing one may bring up others.
        var index = 0
        while index < schemas.components.count {
            let component = schemas.components[index]
            json.key(JSONKey(name: component.name))
            schemas.writeInline(component.schema, to: &json)
            index += 1
        }
        json.endObject()
        json.endObject()
    }

    /// Statuses with their component, what they mean, and the schema of the body.
    private static let responses: [(Int, String, String, String)] = [
        (400, "BadRequest", "The request is malformed, a field is refused, or a rule forbids it", "ValidationError"),
        (401, "Unauthorized", "No token, or one that is unknown, revoked or expired", "Error"),
        (403, "Forbidden", "The token lacks the scope, its owner the access, or the module is off", "ScopeError"),
        (404, "NotFound", "There is no such object", "Error"),
        (
            409, "Conflict", "The request conflicts with the state of the object, or its twin is in progress",
            "ConflictError"
        ),
        (412, "PreconditionFailed", "The object is not the one that If-Match names", "Error"),
        (413, "PayloadTooLarge", "The body is too large", "Error"),
        (415, "UnsupportedMediaType", "The body is not JSON", "Error"),
        (429, "TooManyRequests", "The token's or the address's limit is used up", "RateLimitError"),
        (503, "ServiceUnavailable", "The server is recovering, or its first-run setup is unfinished", "Error"),
    ]

    static func responseName(_ status: Int) -> String {
        responses.first { $0.0 == status }?.1 ?? "BadRequest"
    }

    private static let base: [(String, Schema)] = [
        ("success", .boolean(description: "Always false")), ("error", .string(description: "For people, short")),
        ("message", .string(description: "For people")), ("error_code", .string(description: "For programs")),
    ]
    private static let required = ["success", "error", "message", "error_code"]
    private static let error = Schema.object(properties: base, required: required)
    private static let validation = Schema.object(
        properties: base + [("errors", .any(description: "Field to list of messages, for validation_error"))],
        required: required)
    private static let scope = Schema.object(
        properties: base + [
            ("required_scope", .string(description: "What the route needs")),
            ("available_scopes", .array(of: .string(), description: "What the token has")),
            ("module", .string(description: "The module that is off")),
        ], required: required)
    private static let conflict = Schema.object(
        properties: base + [("timer", TimeEntry.schema.orNull)], required: required)
    private static let limit = Schema.object(
        properties: base + [
            ("limit_per_minute", .integer()), ("limit_per_hour", .integer()), ("remaining_per_minute", .integer()),
            ("remaining_per_hour", .integer()),
        ], required: required)

    private static let securitySchemes = """
        {"BearerAuth":{"type":"http","scheme":"bearer","description":"An API token, tt_…"},
        "ApiKeyAuth":{"type":"apiKey","in":"header","name":"X-API-Key","description":"An API token, tt_…"},
        "SessionCookie":{"type":"apiKey","in":"cookie","name":"session","description":"A browser's session, from /login; over https it is named __Host-session"}}
        """

    private static let parameters = """
        {"IdempotencyKey":{"name":"Idempotency-Key","in":"header","schema":{"type":"string","maxLength":128},
        "description":"Makes retries safe: within 24 hours a repeated key gets the first reply again, whatever the body"},
        "CSRFToken":{"name":"X-CSRFToken","in":"header","schema":{"type":"string"},
        "description":"The token of GET /auth/csrf-token; needed with a session"},
        "IfMatch":{"name":"If-Match","in":"header","schema":{"type":"string"},
        "description":"ETag of the object as it was read; 412 if it has changed"},
        "IfNoneMatch":{"name":"If-None-Match","in":"header","schema":{"type":"string"},
        "description":"ETag of the object as it is known; 304 if it hasn't changed"}}
        """

    private static let headers = """
        {"X-Request-ID":{"schema":{"type":"string"},"description":"The client's, or a new UUID"},
        "X-RateLimit-Limit":{"schema":{"type":"integer"},"description":"Limit of the tighter window"},
        "X-RateLimit-Remaining":{"schema":{"type":"integer"},"description":"Requests left in it"},
        "X-RateLimit-Reset":{"schema":{"type":"integer"},"description":"Unix second at which more become available"},
        "RateLimit":{"schema":{"type":"string"},"description":"Both windows: r left, t seconds to more"},
        "RateLimit-Policy":{"schema":{"type":"string"},"description":"Both windows: q requests in w seconds"},
        "Retry-After":{"schema":{"type":"integer"},"description":"Seconds to wait"},
        "Idempotency-Replayed":{"schema":{"type":"string"},"description":"true when the reply is a stored one"},
        "ETag":{"schema":{"type":"string"},"description":"Strong validator of the object"}}
        """
}
