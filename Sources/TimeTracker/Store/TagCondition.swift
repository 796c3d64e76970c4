import Postgres

/// Whole-tag, case-insensitive match on a comma-separated column (contract 02 §3.2).
enum TagCondition {
    /// True when the column holds any of `tags`.
    static func expression(_ column: String, _ tags: [String], in sql: inout SQL) -> String {
        let wanted = sql.bind(.textArray(tags.map { $0.lowercased() }))
        return """
            exists (select 1 from unnest(string_to_array(lower(\(column)), ',')) tag where trim(tag) = any (\(wanted)))
            """
    }
}
