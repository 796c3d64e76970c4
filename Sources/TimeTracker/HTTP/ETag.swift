import Cryptography
import HTTPTypes
import NIOCore

/// Strong validators and the conditions that refer to them (RFC 9110 §8.8.3, §13.1).
enum ETag {
    /// Quoted hex of the first half of the SHA-256 of a representation: the same on every worker and host.
    static func of(_ representation: ByteBuffer) -> String {
        quoted(representation.withUnsafeReadableBytes { SHA256.hash($0) })
    }

    /// The validator of `{"<key>": {…}}` for a body of `{…, "<key>": {…}}`.
    ///
    /// - Parameter start: where the key begins.
    static func ofObject(in body: ByteBuffer, from start: Int) -> String {
        quoted(
            body.withUnsafeReadableBytes { bytes in
                SHA256.hash(UnsafeRawBufferPointer(rebasing: bytes[start...]), after: UInt8(ascii: "{"))
            })
    }

    private static func quoted(_ digest: SHA256.Digest) -> String {
        String(unsafeUninitializedCapacity: 34) { out in
            out[0] = UInt8(ascii: "\"")
            digest.withBytes { bytes in
                Hex.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(16)), to: .init(rebasing: out[1...]))
            }
            out[33] = UInt8(ascii: "\"")
            return 34
        }
    }

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
