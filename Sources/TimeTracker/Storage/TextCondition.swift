import Postgres

/// Where a text occurs in columns of a table, whatever its case, in a form that an index can answer.
struct TextCondition {
    /// What is searched.
    enum Table: String {
        case project = "p"
        case task = "t"
        case client = "c"

        /// The expression of the table's index of pairs (migration 0013), under the alias that is the raw value.
        fileprivate var pairs: String {
            let columns =
                switch self {
                case .project, .task: ["description"]
                case .client: ["email", "company", "description", "contact_person"]
                }
            let more = columns.map { " || E'\\n' || coalesce(\(rawValue).\($0), '')" }.joined()
            return "search_pairs(\(rawValue).name\(more))"
        }
    }

    let text: String

    /// - Parameter columns: of the table; not more than its index of pairs covers.
    func expression(_ table: Table, _ columns: [String], in sql: inout SQL) -> String {
        let pattern = sql.bind(.text("%\(LikePattern.escape(text))%"))
        let match = columns.map { "\(table.rawValue).\($0) ilike \(pattern)" }.joined(separator: " or ")
        guard !hasPlainTrigram else { return "(\(match))" }
        return "((\(match)) and \(table.pairs) @> search_pairs(\(sql.bind(.text(text)))::text))"
    }

    /// Whether pg_trgm finds a trigram in the text under any locale. If not, it may all the same; pairs are right for
    /// every text, only slower for those that share all their pairs with many rows.
    var hasPlainTrigram: Bool {
        var run = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                run += 1
            default: run = 0
            }
            if run == 3 { return true }
        }
        return false
    }
}
