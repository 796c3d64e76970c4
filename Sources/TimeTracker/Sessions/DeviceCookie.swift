import Cryptography

/// The cookie by which a browser is known to those who have signed in with it before (``AccountThrottle``).
///
/// It is a random id, followed by a signature over that id and the account's name for each of the last five accounts. It
/// opens nothing by itself: with a stolen one a password can be guessed at as slowly as from a known address.
struct DeviceCookie: Sendable {
    static let cookieName = "device"
    /// Seconds; as long as browsers keep a cookie (RFC 6265bis §5.5).
    static let lifetime = 400 * 86_400

    private static let maxAccounts = 5
    /// Characters of 16 bytes in base64.
    private static let partLength = 22

    private let key: HMACKey
    private let former: HMACKey?

    /// - Parameter previous: the key before this one; what it signed is known still, and signed anew at the next sign-in.
    init(secretKey: String, previous: String? = nil) {
        key = HMACKey(secretKey, purpose: "device v1")
        former = previous.map { HMACKey($0, purpose: "device v1") }
    }

    /// What the device is known by to an account; nil when that account has not signed in on it.
    func device(_ cookie: String?, of account: String) -> String? {
        guard let parts = Self.parts(cookie) else { return nil }
        // All of them are looked at, so that the time taken doesn't tell which one it was.
        let isKnown = [key, former].compactMap(\.self).reduce(false) { isKnown, key in
            let expected = Self.signature(parts.id, account, key)
            return parts.signatures.reduce(false) { CSRFToken.matches(RawText($1), expected) || $0 } || isKnown
        }
        return isKnown ? parts.id : nil
    }

    /// The cookie with an account added to it.
    func value(_ cookie: String?, adding account: String) -> String {
        let old = Self.parts(cookie)
        let id = old?.id ?? RandomText.urlSafe(bytes: 16)
        let own = Self.signature(id, account, key)
        let former = former.map { Self.signature(id, account, $0) }
        let others = (old?.signatures ?? []).filter { $0 != own && $0 != former }.prefix(Self.maxAccounts - 1)
        return ([id, own] + others).joined(separator: ".")
    }

    private static func signature(_ id: String, _ account: String, _ key: HMACKey) -> String {
        Base64URL.encode(key.code(of: "\(id) \(account)").bytes.prefix(16))
    }

    private static func parts(_ cookie: String?) -> (id: String, signatures: [String])? {
        guard let bytes = cookie?.utf8, bytes.count <= (partLength + 1) * (maxAccounts + 1) else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.count == partLength && $0.allSatisfy(Base64URL.isDigit) }) else { return nil }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return (texts[0], Array(texts.dropFirst()))
    }
}
