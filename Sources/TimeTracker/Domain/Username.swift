/// Names by which users sign in.
enum Username {
    /// Trimmed, with A to Z in lower case. New names are ASCII, so this is how they are stored; whether it is the name of
    /// somebody is for the database to say.
    static func normalise(_ username: String) -> String { RawText(username).trimmed.asciiLowercased.unchecked }
}
