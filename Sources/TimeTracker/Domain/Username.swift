/// Names by which users sign in.
enum Username {
    /// Of one that is given from now on.
    static let maxLength = 80

    /// Trimmed, with A to Z in lower case. New names are ASCII, so this is how they are stored; whether it is the name of
    /// somebody is for the database to say.
    static func normalise(_ username: String) -> String { RawText(username).trimmed.asciiLowercased.unchecked }

    /// Whether a new user may be called so: 1 to 80 of `a-z 0-9 . _ -` (behaviour.md §11.3).
    static func isValid(_ normalised: String) -> Bool {
        (1...maxLength).contains(normalised.utf8.count)
            && normalised.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
            }
    }
}
