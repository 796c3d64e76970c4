/// Why a value was refused, in the words that the client reads.
struct InputFailure: Error, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    let message: String

    init(stringLiteral message: String) {
        self.message = message
    }
}

/// One member of a request body: its name, its rules, its schema.
struct InputField<Value: Sendable>: Sendable {
    let key: String
    /// Other names under which clients send it.
    let aliases: [String]
    /// Message when it is missing, null or blank; nil = optional.
    let required: String?
    /// Whether null is a value (it clears the stored one).
    let isNullable: Bool
    /// Whether an empty text counts as null.
    let emptyIsNull: Bool
    let schema: Schema
    /// Turns a JSON value other than null into a value of the field.
    let parse: @Sendable (JSONValue) -> Result<Value, InputFailure>

    init(
        _ key: String, aliases: [String] = [], required: String? = nil, nullable: Bool = false,
        emptyIsNull: Bool = false,
        schema: Schema, parse: @escaping @Sendable (JSONValue) -> Result<Value, InputFailure>
    ) {
        self.key = key
        self.aliases = aliases
        self.required = required
        self.isNullable = nullable
        self.emptyIsNull = emptyIsNull
        self.schema = schema
        self.parse = parse
    }
}

/// A field whatever its type; what a ``BodySchema`` needs for the document.
protocol AnyInputField: Sendable {
    var key: String { get }
    var required: String? { get }
    var isNullable: Bool { get }
    var schema: Schema { get }
}

extension InputField: AnyInputField {}

extension InputField {
    /// A field with rules of its own.
    static func custom(
        _ key: String, schema: Schema, required: String? = nil, nullable: Bool = false,
        parse: @escaping @Sendable (JSONValue) -> Result<Value, InputFailure>
    ) -> Self {
        Self(key, required: required, nullable: nullable, schema: schema, parse: parse)
    }
}
