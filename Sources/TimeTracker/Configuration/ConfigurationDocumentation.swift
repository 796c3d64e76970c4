/// The configuration as people read it.
public enum ConfigurationDocumentation {
    /// All variables as a Markdown table, which `Documentation/operations.md` holds.
    public static var markdown: String {
        let rows = ConfigurationKey.all.map { key in
            "| `\(key.variable)` | \(key.defaultValue.map { "`\($0)`" } ?? "") | \(key.kind.description) | \(key.summary) |"
        }
        return (["| Variable | Default | Values | Meaning |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// A YAML file with every key commented out at its default: `config/timetracker.yaml`.
    public static var yaml: String {
        let head = """
            # Configuration of the TimeTracker server. Everything here is at its default: uncomment what you change.
            # The environment variable of the same name in upper case wins over this file. Unknown keys are refused.
            # `timetracker config` shows what is in effect and where it comes from.
            """
        let sections = ConfigurationKey.sections.map { section in
            (["", "## \(section.title)"] + section.keys.map(yaml)).joined(separator: "\n\n")
        }
        return head + sections.joined() + "\n"
    }

    private static func yaml(_ key: ConfigurationKey) -> String {
        let values = key.kind.description
        let comment = "# \(key.summary)" + (values == "text" ? "" : "\n# (\(values))")
        return comment + "\n#\(key.name):" + (key.defaultValue.map { " \(scalar($0))" } ?? "")
    }

    /// Plain where YAML would read a plain scalar as this text or number.
    private static func scalar(_ value: String) -> String {
        value.contains(": ") || value.hasSuffix(":") || value.contains("#") ? "\"\(value)\"" : value
    }
}

extension AppConfiguration.Entry {
    /// The value with secrets hidden; of a URL only the password.
    public var maskedValue: String { value.map(key.masked) ?? "(unset)" }
}
