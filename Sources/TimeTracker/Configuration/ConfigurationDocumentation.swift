/// The configuration as people read it.
public enum ConfigurationDocumentation {
    /// All variables as a Markdown table, which the README holds.
    public static var markdown: String {
        let rows = ConfigurationKey.all.map { key in
            "| `\(key.variable)` | \(key.defaultValue.map { "`\($0)`" } ?? "") | \(key.summary) |"
        }
        return (["| Variable | Default | Meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
    }
}

extension AppConfiguration.Entry {
    /// The value with secrets hidden; of a URL only the password.
    public var maskedValue: String {
        guard let value else { return "(unset)" }
        guard key.isSecret else { return value }
        guard let scheme = value.firstRange(of: "://") else { return "********" }
        let rest = value[scheme.upperBound...]
        guard let at = rest.prefix(while: { $0 != "/" && $0 != "?" }).lastIndex(of: "@") else { return value }
        let user = rest[..<at].prefix { $0 != ":" }
        return "\(value[..<scheme.upperBound])\(user):********\(rest[at...])"
    }
}
