/// A constraint of the schema that a request can break, and what that means to who sent it. Declared by the resource that owns
/// the table; most are checked before and broken only when somebody else changes what was looked at.
struct Constraint: Sendable {
    /// Its name in the schema, or that of a unique index.
    let name: String
    let refusal: APIError

    /// - Parameter field: of the body, that can't be what it is.
    init(_ name: String, _ field: String, _ message: String) {
        self.name = name
        refusal = .validation(field, message)
    }
}
