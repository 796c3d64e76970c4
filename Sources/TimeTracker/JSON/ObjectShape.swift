/// The JSON form of a model, declared once: it writes objects and describes them.
public struct ObjectShape<Model: Sendable>: Sendable {
    public struct Field: Sendable {
        let name: String
        let key: JSONKey
        let schema: Schema
        let write: @Sendable (Model, inout JSONWriter) -> Void

        init(
            _ name: String, _ schema: Schema, write: @escaping @Sendable (Model, inout JSONWriter) -> Void
        ) {
            self.name = name
            self.key = JSONKey(name: name)
            self.schema = schema
            self.write = write
        }
    }

    public let name: String
    public let fields: [Field]

    public init(_ name: String, _ fields: [Field]) {
        self.name = name
        self.fields = fields
    }

    public func write(_ model: Model, to json: inout JSONWriter) {
        json.beginObject()
        for field in fields {
            json.key(field.key)
            field.write(model, &json)
        }
        json.endObject()
    }

    /// Every member is always present, if only as null.
    public var schema: Schema {
        .object(name: name, properties: fields.map { ($0.name, $0.schema) }, required: fields.map(\.name))
    }
}

extension ObjectShape.Field {
    static func integer(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> Int64?
    ) -> Self {
        Self(name, .integer(nullable: nullable)) { model, json in
            if let value = get(model) { json.value(value) } else { json.null() }
        }
    }

    static func string(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> String?
    ) -> Self {
        Self(name, .string(nullable: nullable)) { model, json in
            if let value = get(model) { json.value(value) } else { json.null() }
        }
    }

    static func boolean(_ name: String, _ get: @escaping @Sendable (Model) -> Bool) -> Self {
        Self(name, .boolean()) { model, json in json.value(get(model)) }
    }

    static func number(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> Double?
    ) -> Self {
        Self(name, .number(nullable: nullable)) { model, json in
            if let value = get(model) { json.value(value) } else { json.null() }
        }
    }

    /// An exact amount in hundredths, written as a number.
    static func money(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> Int64?
    ) -> Self {
        Self(name, .number(nullable: nullable)) { model, json in
            if let value = get(model) { json.money(value) } else { json.null() }
        }
    }

    /// Microseconds since 2000-01-01 UTC, written as a timestamp.
    static func instant(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> Int64?
    ) -> Self {
        Self(name, .string(format: "date-time", nullable: nullable)) { model, json in
            if let value = get(model) { json.instant(value) } else { json.null() }
        }
    }

    /// Days since 2000-01-01, written as a date.
    static func date(
        _ name: String, nullable: Bool = false, _ get: @escaping @Sendable (Model) -> Int32?
    ) -> Self {
        Self(name, .string(format: "date", nullable: nullable)) { model, json in
            if let value = get(model) { json.date(value) } else { json.null() }
        }
    }

    static func strings(_ name: String, _ get: @escaping @Sendable (Model) -> [String]) -> Self {
        Self(name, .array(of: .string())) { model, json in
            json.beginArray()
            for text in get(model) { json.value(text) }
            json.endArray()
        }
    }

    /// A member that is JSON text already.
    static func rawObject(_ name: String, _ get: @escaping @Sendable (Model) -> String) -> Self {
        Self(name, .object()) { model, json in json.raw(get(model)) }
    }

    static func computed(
        _ name: String, _ schema: Schema, _ write: @escaping @Sendable (Model, inout JSONWriter) -> Void
    ) -> Self {
        Self(name, schema, write: write)
    }
}
