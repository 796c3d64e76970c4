/// SQL text with `$1`, `$2` … and the values bound to them.
///
/// Keep the text in a literal or a `static let`: the prepared statement is then found by the address of the text,
/// without hashing it. Text built at run time works and costs one hash of it.
public struct Statement: Sendable {
    public var sql: String
    public var parameters: [PostgresValue]

    /// - Parameter parameters: at most 65,535.
    public init(_ sql: String, _ parameters: [PostgresValue] = []) {
        self.sql = sql
        self.parameters = parameters
    }

    /// The address of the text, nil where the text is stored inline (15 bytes or less) and has none.
    ///
    /// Two equal addresses mean the same text only while one of the two strings is kept alive.
    var address: UInt? {
        guard sql.utf8.count > 15 else { return nil }
        return sql.utf8.withContiguousStorageIfAvailable { UInt(bitPattern: $0.baseAddress) }
    }
}

extension Statement {
    static let begin = Statement("begin")
    static let commit = Statement("commit")
    static let rollback = Statement("rollback")
}
