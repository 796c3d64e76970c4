/// Sums over completed entries.
enum EntryTotals {
    /// Subquery with the columns `seconds` and `billable_seconds`.
    static func ofProject(_ id: String) -> String { "" }
    static func ofTask(_ id: String) -> String { "" }
    static func ofUser(_ id: String) -> String { "" }
}
