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

    /// Takes the same time wherever the difference is.
    static func matches(_ sent: RawText?, _ expected: String) -> Bool {
        guard let sent, !expected.isEmpty else { return false }
        return ConstantTime.isEqual(Array(sent.bytes), Array(expected.utf8))
    }
}
