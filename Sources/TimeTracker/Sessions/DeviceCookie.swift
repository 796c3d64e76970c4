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

    init(secretKey: String) {
        key = HMACKey(secretKey, purpose: "device v1")
    }

    /// What the device is known by to an account; nil when that account has not signed in on it.
    func device(_ cookie: String?, of account: String) -> String? {
        guard let parts = Self.parts(cookie) else { return nil }
        let expected = signature(parts.id, account)
        // All of them are looked at, so that the time taken doesn't tell which one it was.
        let isKnown = parts.signatures.reduce(false) { CSRFToken.matches(RawText($1), expected) || $0 }
        return isKnown ? parts.id : nil
    }

    /// The cookie with an account added to it.
    func value(_ cookie: String?, adding account: String) -> String {
        let old = Self.parts(cookie)
        let id = old?.id ?? RandomText.urlSafe(bytes: 16)
        let own = signature(id, account)
        let others = (old?.signatures ?? []).filter { $0 != own }.prefix(Self.maxAccounts - 1)
        return ([id, own] + others).joined(separator: ".")
    }

    private func signature(_ id: String, _ account: String) -> String {
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
