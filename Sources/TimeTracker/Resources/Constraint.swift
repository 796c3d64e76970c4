import Postgres

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

/// Those of all resources. `SchemaTests` finds what is missing here and what the schema doesn't have.
enum Constraints {
    static let all = [
        Client.constraints, Project.constraints, TaskItem.constraints, TimeEntry.constraints, User.constraints,
        SavedReport.constraints, Quote.constraints, StockItem.constraints, Warehouse.constraints,
    ].flatMap(\.self)

    private static let refusals = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.refusal) })

    /// Nil when no constraint was broken, or one without a meaning.
    static func refusal(of error: PostgresError) -> APIError? {
        error.constraint.flatMap { refusals[$0] }
    }
}
