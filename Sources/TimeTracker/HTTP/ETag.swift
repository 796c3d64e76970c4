import Crypto
import HTTPTypes
import NIOCore

/// Strong validators and the conditions that refer to them (RFC 9110 §8.8.3, §13.1).
enum ETag {
    /// Quoted hex of the first half of the SHA-256 of a representation: the same on every worker and host.
    static func of(_ representation: ByteBuffer) -> String {
        var hash = SHA256()
        representation.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return quoted(hash.finalize())
    }

    /// The validator of `{"<key>": {…}}` for a body of `{…, "<key>": {…}}`.
    ///
    /// - Parameter start: where the key begins.
    static func ofObject(in body: ByteBuffer, from start: Int) -> String {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(ascii: "{")) { hash.update(bufferPointer: $0) }
        body.withUnsafeReadableBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[start...])) }
        return quoted(hash.finalize())
    }

    private static func quoted(_ digest: SHA256.Digest) -> String {
        return String(unsafeUninitializedCapacity: 34) { out in
            out[0] = UInt8(ascii: "\"")
            var index = 1
            for byte in digest.prefix(16) {
                out[index] = hexDigit(byte >> 4)
                out[index + 1] = hexDigit(byte & 15)
                index += 2
            }
            out[33] = UInt8(ascii: "\"")
            return 34
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    /// Whether a list such as `"a", W/"b"` or `*` names the tag.
    ///
    /// - Parameter isWeak: `If-None-Match` compares weakly, `If-Match` strongly.
    static func isNamed(_ tag: String, by list: [RawText], isWeak: Bool) -> Bool {
        let tag = RawText(tag)
        return list.contains { name in
            name == "*" || name == tag || (isWeak && name.hasPrefix("W/") && name.dropFirst(2) == tag)
        }
    }
}

extension Reply {
    /// The reply with the validator of the object's `GET` representation.
    func tagged(_ tag: String) -> Reply {
        var reply = self
        reply.etag = tag
        reply.headers.append(("etag", tag))
        return reply
    }

    /// 304 when the client has the representation already.
    func conditional(on headers: RequestHeaders) -> Reply {
        guard let etag, status == .ok else { return self }
        let known = headers.list(name: "if-none-match")
        guard !known.isEmpty, ETag.isNamed(etag, by: known, isWeak: true) else { return self }
        var reply = Reply(status: .notModified)
        reply.headers = self.headers
        return reply
    }
}
