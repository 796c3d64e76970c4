/// The secret in a session cookie: 32 random bytes in URL-safe base64, and a mark for sessions that outlive the browser.
///
/// Only its SHA-256 is stored. The mark is part of what is hashed, so nobody can add it to another session.
struct SessionID: Sendable, Equatable {
    private static let mark = ".r"

    let text: String

    /// A new one.
    init(isRemembered: Bool) {
        text = RandomText.urlSafe(bytes: 32) + (isRemembered ? Self.mark : "")
    }

    /// - Returns: nil for what can't be one, so that junk costs no lookup.
    init?(cookie: RawText) {
        let body = cookie.hasSuffix(".r") ? cookie.dropLast(Self.mark.utf8.count) : cookie
        guard body.byteCount == 43, body.bytes.allSatisfy(Base64URL.isDigit) else { return nil }
        text = cookie.unchecked
    }

    var isRemembered: Bool { text.hasSuffix(Self.mark) }
    var hash: String { TokenHash.hex(text) }
}
