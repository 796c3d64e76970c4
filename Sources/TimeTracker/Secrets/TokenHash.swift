import Cryptography

/// SHA-256 of the whole token, lower-case hex: the only form in which a token is stored (behaviour.md §2.2).
enum TokenHash {
    static func hex(_ token: String) -> String { SHA256.hash(token).hex }

    static func hex(_ token: RawText) -> String { digest(token).hex }

    static func digest(_ token: RawText) -> SHA256.Digest { token.withBytes { SHA256.hash($0) } }
}
