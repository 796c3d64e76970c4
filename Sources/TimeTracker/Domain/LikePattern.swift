/// Text for SQL `like` in which nothing has a special meaning (behaviour.md §3.8).
enum LikePattern {
    /// By code point, as PostgreSQL reads patterns: a `%` that carries a combining mark is a wildcard all the same.
    static func escape(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
