/// Text for SQL `like` in which nothing has a special meaning (contract 00 §7).
enum LikePattern {
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}
