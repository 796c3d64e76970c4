/// A JSON schema as OpenAPI 3.1 describes values (JSON Schema 2020-12), as far as this API needs it.
public indirect enum Schema: Sendable {
    case integer(description: String = "", nullable: Bool = false, range: ClosedRange<Int64>? = nil)
    case number(description: String = "", nullable: Bool = false, minimum: Double? = nil)
    case boolean(description: String = "", nullable: Bool = false)
    /// `format` is one of the registered ones (`date`, `date-time`, `email`, …).
    case string(
        description: String = "", format: String? = nil, nullable: Bool = false, maxLength: Int? = nil,
        values: [String]? = nil)
    /// Any JSON value.
    case any(description: String = "")
    case array(of: Schema, description: String = "")
    /// A value of exactly one of these.
    case oneOf([Schema], description: String = "")
    /// Properties in order; `name` makes it a component that others refer to.
    case object(
        name: String? = nil, description: String = "", nullable: Bool = false, properties: [(String, Schema)] = [],
        required: [String] = [])

    /// The same object, or null.
    var orNull: Schema {
        guard case .object(let name, let text, _, let properties, let required) = self else { return self }
        return .object(name: name, description: text, nullable: true, properties: properties, required: required)
    }

    public var description: String {
        switch self {
        case .integer(let text, _, _), .number(let text, _, _), .boolean(let text, _), .string(let text, _, _, _, _),
            .any(let text), .array(_, let text), .oneOf(_, let text), .object(_, let text, _, _, _):
            text
        }
    }
}
