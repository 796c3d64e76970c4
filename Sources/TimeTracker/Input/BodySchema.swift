/// The declared fields of a request body.
public struct BodySchema: Sendable {
    let name: String
    let fields: [any AnyInputField]

    init(_ name: String, _ fields: [any AnyInputField]) {
        self.name = name
        self.fields = fields
    }

    /// Starts reading a body; unknown members are ignored (behaviour.md §1.3).
    /// - Parameter partial: an update, in which required fields may be absent.
    func read(_ body: JSONValue?, partial: Bool = false) -> InputReader {
        InputReader(body, partial: partial)
    }

    var schema: Schema { schema(isPartial: false) }

    /// Bytes that a body with these fields may need.
    var limit: Int {
        let hasLongText = fields.contains { field in
            switch field.schema {
            case .string(_, _, _, let maxLength, _): maxLength ?? 0 > 5000
            case .object, .array: true
            default: false
            }
        }
        return hasLongText ? BodyLimit.longText : BodyLimit.standard
    }

    var hasRequired: Bool { fields.contains { $0.required != nil } }

    /// - Parameter isPartial: the body of an update, which has no required fields.
    func schema(isPartial: Bool) -> Schema {
        .object(
            name: isPartial && hasRequired ? "\(name)Partial" : name, properties: fields.map { ($0.key, $0.schema) },
            required: isPartial ? [] : fields.filter { $0.required != nil }.map(\.key))
    }
}

/// Takes fields out of a body and collects everything that is wrong with them.
struct InputReader {
    private let body: JSONValue
    private let isPartial: Bool
    var errors = ValidationErrors()

    init(_ body: JSONValue?, partial: Bool) {
        self.isPartial = partial
        switch body {
        case nil, .null: self.body = .object(JSONObject())
        case .object: self.body = body ?? .null
        default:
            self.body = .object(JSONObject())
            errors.add("_schema", "Invalid input type.")
        }
    }

    mutating func get<Value>(_ field: InputField<Value>) -> Presence<Value> {
        guard let (name, value) = find(field) else {
            if let message = field.required, !isPartial, errors["_schema"] == nil { errors.add(field.key, message) }
            return .absent
        }
        if value.isNull || (field.emptyIsNull && value.stringValue?.trimmed.isEmpty == true) {
            if field.isNullable { return .null }
            errors.add(name, field.required ?? "Field may not be null.")
            return .absent
        }
        switch field.parse(value) {
        case .success(let value): return .value(value)
        case .failure(let failure):
            errors.add(name, failure.message)
            return .absent
        }
    }

    private func find<Value>(_ field: InputField<Value>) -> (String, JSONValue)? {
        if let value = body[RawText(field.key)] { return (field.key, value) }
        for alias in field.aliases {
            if let value = body[RawText(alias)] { return (alias, value) }
        }
        return nil
    }

    /// - Throws: ``ValidationError`` with every bad field.
    func finish() throws(ValidationError) {
        try errors.throwIfAny()
    }
}
