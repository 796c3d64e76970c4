/// Hides passwords in database URLs; hides too much rather than too little.
enum URLMask {
    static let stars = "********"

    /// The password before the last `@`, which an unescaped one may contain, and parameters named like one
    /// (`password`, `sslpassword`: PostgreSQL manual §34.1.2).
    static func mask(_ url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound else { return stars }
        var rest = url[start...]
        var user = ""
        if let at = rest.lastIndex(of: "@") {
            let credentials = rest[..<at]
            rest = rest[at...]
            user = credentials.firstIndex(of: ":").map { credentials[...$0] + stars } ?? String(credentials)
        }
        guard let question = (user + rest).firstIndex(of: "?") else { return url[..<start] + user + rest }
        let text = user + rest
        let parameters = text[text.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        return url[..<start] + text[...question] + parameters.map(maskParameter).joined(separator: "&")
    }

    private static func maskParameter(_ parameter: Substring) -> String {
        guard let equals = parameter.firstIndex(of: "=") else { return String(parameter) }
        let name = parameter[..<equals].lowercased()
        return name.contains("pass") || name.contains("secret") ? parameter[...equals] + stars : String(parameter)
    }
}
