import Cryptography

/// Proof that a state-changing request comes from one of our own pages (behaviour.md §12.2).
///
/// Signed-in pages send back the session's secret. Pages before sign-in have none: their token is an HMAC of a random
/// cookie under the server's key, so that setting the cookie alone (from a sibling host, say) forges nothing.
struct CSRFToken: Sendable {
    static let headerName = "x-csrftoken"
    static let fieldName = "csrf_token"
    static let cookieName = "visitor"

    private let key: HMACKey
    private let former: HMACKey?

    /// - Parameter previous: the key before this one, with which pages were made that are still open.
    init(secretKey: String, previous: String? = nil) {
        key = HMACKey(secretKey, purpose: "csrf v1")
        former = previous.map { HMACKey($0, purpose: "csrf v1") }
    }

    /// The token of a visitor who is not signed in.
    func token(visitor: String) -> String {
        Base64URL.encode(key.code(of: visitor).bytes)
    }

    /// What it was with the key before this one; nil when there is none.
    func formerToken(visitor: String) -> String? { former.map { Base64URL.encode($0.code(of: visitor).bytes) } }

    static func newVisitor() -> String { RandomText.urlSafe(bytes: 32) }

    /// Whether a cookie can be one of ours.
    static func isVisitor(_ cookie: RawText) -> Bool {
        cookie.byteCount == 43 && cookie.bytes.allSatisfy(Base64URL.isDigit)
    }

    /// The token as pages carry it: behind random text, and combined with it. Each page has another one, so that nobody learns
    /// the token from the lengths of compressed pages that he has put guesses into (RFC 7457 §2.6).
    static func masked(_ token: String) -> String {
        let mask = RandomText.urlSafe(bytes: (token.utf8.count * 6 + 7) / 8).utf8.prefix(token.utf8.count)
        guard let combined = Base64URL.combine(token.utf8, mask) else { return token }
        return String(decoding: mask, as: UTF8.self) + String(decoding: combined, as: UTF8.self)
    }

    /// Whether it is the token, plain or ``masked(_:)``; takes the same time wherever the difference is.
    static func matches(_ sent: RawText?, _ expected: String) -> Bool {
        guard let sent, !expected.isEmpty else { return false }
        var bytes = Array(sent.bytes)
        let length = expected.utf8.count
        if bytes.count == 2 * length { bytes = Base64URL.combine(bytes[..<length], bytes[length...]) ?? bytes }
        return ConstantTime.isEqual(bytes, Array(expected.utf8))
    }
}
