import Crypto

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

/// URL-safe base64 without padding (RFC 4648 §5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[Int(pending >> bits & 63)])
            }
        }
        if bits > 0 { out.append(alphabet[Int(pending << (6 - bits) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool { alphabet.contains(byte) }
}

extension RandomText {
    /// `bytes` random bytes as URL-safe base64.
    static func urlSafe(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
