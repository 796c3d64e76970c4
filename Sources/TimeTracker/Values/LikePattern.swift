/// Text for SQL `like` in which nothing has a special meaning (contract 00 §7).
enum LikePattern {
    static func escape(_ text: String) -> String {
        // By code points: a wildcard with a combining mark behind it is still one.
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
