/// Comma-separated tags.
enum Tags {
    /// Split on comma, trimmed, empties removed.
    static func split(_ text: String?) -> [String] {
        guard let text else { return [] }
        return text.split(separator: ",").map { trim(String($0)) }.filter { !$0.isEmpty }
    }

    /// Without leading and trailing white space.
    static func trim(_ text: String) -> String {
        guard text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
        let start = text.drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}
