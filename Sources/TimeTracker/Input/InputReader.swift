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
