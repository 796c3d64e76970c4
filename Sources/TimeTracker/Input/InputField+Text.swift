import NIOCore

extension InputField where Value == String {
    /// Text of `min` to `max` characters. PostgreSQL's text can't hold NUL, so that is refused.
    static func string(
        _ key: String, max: Int, min: Int = 0, trim: Bool = true, emptyIsNull: Bool = false, required: String? = nil,
        nullable: Bool = false
    ) -> Self {
        Self(
            key, required: required, nullable: nullable, emptyIsNull: emptyIsNull,
            schema: .string(nullable: nullable, maxLength: max)
        ) { value in
            guard case .string(let raw) = value else { return .failure("Not a valid string.") }
            let trimmed = trim ? raw.trimmed : raw
            do throws(RawText.Refusal) {
                let text = try trimmed.text(atMost: max)
                if min > 0, trimmed.codePointCount < min {
                    return .failure(required.map { "\($0)" } ?? "Length must be between \(min) and \(max).")
                }
                return .success(text)
            } catch {
                let isRange = error == .tooLong && min > 0
                return isRange
                    ? .failure("Length must be between \(min) and \(max).") : InputFailure.result(error, limit: max)
            }
        }
    }

    /// One of a few words.
    static func enumeration(_ key: String, _ allowed: [String], required: String? = nil, nullable: Bool = false) -> Self
    {
        Self(key, required: required, nullable: nullable, schema: .string(nullable: nullable, values: allowed)) {
            value in
            guard case .string(let text) = value else { return .failure("Not a valid string.") }
            guard let word = allowed.first(where: { RawText($0) == text }) else {
                return .failure("Must be one of: \(allowed.joined(separator: ", ")).")
            }
            return .success(word)
        }
    }

    /// See ``EmailAddress``. An empty text is one, too.
    static func email(_ key: String) -> Self {
        .custom(
            key, schema: .string(description: "Email address", format: "email", nullable: true), nullable: true,
            parse: parseEmail)
    }

    @Sendable private static func parseEmail(_ value: JSONValue) -> Result<String, InputFailure> {
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        let trimmed = raw.trimmed
        do throws(RawText.Refusal) {
            let text = try trimmed.text(atMost: 200)
            guard text.isEmpty || EmailAddress.isValid(trimmed) else { return .failure("Not a valid email address.") }
            return .success(text)
        } catch {
            return InputFailure.result(error, limit: 200)
        }
    }

    /// A JSON object, kept as JSON text; at most 64 KiB.
    static func object(_ key: String, nullable: Bool = false) -> Self {
        Self(key, nullable: nullable, schema: .object(nullable: nullable)) { value in
            guard case .object = value else { return .failure("Not a valid object.") }
            var json = JSONWriter(capacity: 256)
            guard value.write(to: &json) else { return .failure("Not a valid string.") }
            guard json.count <= 65_536 else { return .failure("Longer than maximum length 65536.") }
            return .success(json.text)
        }
    }
}

extension InputField where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of a type.
    static func word(_ key: String, required: String? = nil, nullable: Bool = false) -> Self {
        let words = Value.allCases.map(\.rawValue)
        let text = InputField<String>.enumeration(key, words, required: required, nullable: nullable)
        return Self(key, required: required, nullable: nullable, schema: text.schema) { value in
            text.parse(value).flatMap { word in
                Value(rawValue: word).map { .success($0) } ?? .failure("Not a valid string.")
            }
        }
    }
}

extension InputField where Value == JSONText {
    /// See ``InputField/object(_:nullable:)``.
    static func json(_ key: String, nullable: Bool = false) -> Self {
        InputField<String>.object(key, nullable: nullable).map { JSONText($0) }
    }
}

extension InputFailure {
    /// - Parameter limit: code points that the field may have.
    static func result<Value>(_ refusal: RawText.Refusal, limit: Int) -> Result<Value, InputFailure> {
        switch refusal {
        case .tooLong: .failure("Longer than maximum length \(limit).")
        case .notText: .failure("Not a valid string.")
        }
    }
}

extension JSONValue {
    /// Writes the value as JSON again; false when a text is one that must not be stored.
    fileprivate func write(to json: inout JSONWriter) -> Bool {
        switch self {
        case .null: json.null()
        case .bool(let value): json.value(value)
        case .number(let text): json.raw(text)
        case .string(let text):
            json.value(text)
            return text.isStorable
        case .array(let values):
            json.beginArray()
            for value in values where !value.write(to: &json) { return false }
            json.endArray()
        case .object(let object):
            json.beginObject()
            for (key, value) in object.members {
                guard key.isStorable else { return false }
                json.key(JSONKey(escaping: key))
                guard value.write(to: &json) else { return false }
            }
            json.endObject()
        }
        return true
    }
}
