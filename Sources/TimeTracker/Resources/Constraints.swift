import Postgres

/// Those of all resources that a request can break. `SchemaTests` finds what is missing here and what the schema doesn't have.
enum Constraints {
    static let all =
        PlainResources.models.flatMap { $0.constraints }
        + [
            Project.constraints, TaskItem.constraints, TimeEntry.constraints, User.constraints, SavedReport.constraints,
            Quote.constraints,
        ].flatMap(\.self)

    private static let refusals = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.refusal) })

    /// Nil when no constraint was broken, or one without a meaning.
    static func refusal(of error: PostgresError) -> APIError? {
        error.constraint.flatMap { refusals[$0] }
    }
}
