import Postgres

/// Builds a statement whose shape depends on the request: text is always ours, values are always bound.
///
/// ```swift
/// var sql = SQL("select count(*) from projects p where true")
/// if let status { sql += " and p.status = \(bind: status)" }   // see ``bind(_:)``
/// ```
struct SQL {
    private(set) var text: String
    private(set) var parameters: [PostgresValue] = []

    init(_ text: String = "") {
        self.text = text
    }

    var statement: Statement { Statement(text, parameters) }

    /// Adds a parameter and returns its placeholder (`$1`, `$2`, …).
    mutating func bind(_ value: PostgresValue) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    /// Adds text.
    mutating func add(_ fragment: String) {
        text += fragment
    }

    /// Adds text, a placeholder for `value`, and more text.
    mutating func add(_ before: String, _ value: PostgresValue, _ after: String = "") {
        text += before + bind(value) + after
    }
}
