/// Rules for `SECRET_KEY` (behaviour.md §11.5).
enum SecretKey {
    private static let advice = "generate one with: openssl rand -hex 32"
    private static let placeholders = [
        "change-me", "change_me", "changeme", "your-secret", "your_secret", "secret-key", "secret_key", "placeholder",
        "example", "replace-me", "replace_me",
    ]

    static func check(_ value: String) throws(BadValue) {
        guard value.count >= 32 else { throw BadValue("must have 32 characters or more; \(advice)") }
        let text = value.lowercased()
        // A key of few different characters is one that somebody leant on the keyboard for.
        guard !placeholders.contains(where: text.contains), Set(text).count >= 8 else {
            throw BadValue("is a placeholder; \(advice)")
        }
    }
}
