// The envelopes of behaviour.md §3.1 as schemas.
extension Schema {
    /// `{"<key>": {…}}`
    static func single(_ key: String, _ item: Schema) -> Schema {
        .object(properties: [(key, item)], required: [key])
    }

    /// `{"message": "…", "<key>": {…}}`
    static func saved(_ key: String, _ item: Schema) -> Schema {
        .object(properties: [("message", .string(description: "")), (key, item)], required: ["message", key])
    }

    /// `{"<key>": [...], "pagination": {…}}`
    static func list(_ key: String, of item: Schema) -> Schema {
        .object(
            properties: [(key, .array(of: item)), ("pagination", Pagination.schema)], required: [key, "pagination"])
    }

    /// `{"message": "…"}`
    static let message = Schema.object(properties: [("message", .string(description: ""))], required: ["message"])
}
