import Crypto

/// Proof that a state-changing request comes from one of our own pages (behaviour.md §12.2).
///
/// Signed-in pages send back the session's secret. Pages before sign-in have none: their token is an HMAC of a random
/// cookie under the server's key, so that setting the cookie alone (from a sibling host, say) forges nothing.
struct CSRFToken: Sendable {
    static let headerName = "x-csrftoken"
    static let fieldName = "csrf_token"
    static let cookieName = "visitor"

    private let key: SymmetricKey

    init(secretKey: String) {
        // A key of its own, so that signatures made for other purposes are none here.
        key = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(
                for: Array("csrf v1".utf8), using: SymmetricKey(data: Array(secretKey.utf8))))
    }

    /// The token of a visitor who is not signed in.
    func token(visitor: String) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array(visitor.utf8), using: key))
    }

    static func newVisitor() -> String { RandomText.urlSafe(bytes: 32) }

    /// Whether a cookie can be one of ours.
    static func isVisitor(_ cookie: RawText) -> Bool {
        cookie.byteCount == 43 && cookie.bytes.allSatisfy(Base64URL.isDigit)
    }

    /// Takes the same time wherever the difference is.
    static func matches(_ sent: RawText?, _ expected: String) -> Bool {
        guard let sent, !expected.isEmpty, sent.byteCount == expected.utf8.count else { return false }
        let a = Array(sent.bytes)
        let b = Array(expected.utf8)
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
