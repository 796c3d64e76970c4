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
            guard case .string(let raw) = value, !raw.utf8.contains(0) else { return .failure("Not a valid string.") }
            let text = trim ? Tags.trim(raw) : raw
            if text.unicodeScalars.count > max {
                return .failure(
                    min > 0 ? "Length must be between \(min) and \(max)." : "Longer than maximum length \(max).")
            }
            if text.unicodeScalars.count < min {
                return .failure(required.map { "\($0)" } ?? "Length must be between \(min) and \(max).")
            }
            return .success(text)
        }
    }

    /// One of a few words.
    static func enumeration(_ key: String, _ allowed: [String], required: String? = nil, nullable: Bool = false) -> Self
    {
        Self(key, required: required, nullable: nullable, schema: .string(nullable: nullable, values: allowed)) {
            value in
            guard case .string(let text) = value else { return .failure("Not a valid string.") }
            guard allowed.contains(text) else { return .failure("Must be one of: \(allowed.joined(separator: ", ")).") }
            return .success(text)
        }
    }

    /// A JSON object, kept as JSON text; at most 64 KiB.
    static func object(_ key: String, nullable: Bool = false) -> Self {
        Self(key, nullable: nullable, schema: .object(nullable: nullable)) { value in
            guard case .object = value else { return .failure("Not a valid object.") }
            var json = JSONWriter(capacity: 256)
            guard value.write(to: &json) else { return .failure("Not a valid string.") }
            guard json.buffer.readableBytes <= 65_536 else { return .failure("Longer than maximum length 65536.") }
            return .success(String(buffer: json.buffer))
        }
    }
}

extension JSONValue {
    /// Writes the value as JSON again; false when a text holds NUL, which PostgreSQL can't store.
    fileprivate func write(to json: inout JSONWriter) -> Bool {
        switch self {
        case .null: json.null()
        case .bool(let value): json.value(value)
        case .number(let text): json.raw(text)
        case .string(let text):
            json.value(text)
            return !text.utf8.contains(0)
        case .array(let values):
            json.beginArray()
            for value in values where !value.write(to: &json) { return false }
            json.endArray()
        case .object(let object):
            json.beginObject()
            for (key, value) in object.members {
                guard !key.utf8.contains(0) else { return false }
                json.key(JSONKey(escaping: key))
                guard value.write(to: &json) else { return false }
            }
            json.endObject()
        }
        return true
    }
}
