import Crypto

/// SHA-256 of the whole token, lower-case hex: the only form in which a token is stored (behaviour.md §2.2).
enum TokenHash {
    static func hex(_ token: String) -> String { hex(RawText(token)) }

    static func hex(_ token: RawText) -> String { hexDigest(digest(token)) }

    static func digest(_ token: RawText) -> SHA256.Digest {
        token.withBytes { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return hash.finalize()
        }
    }

    static func hexDigest(_ digest: SHA256.Digest) -> String {
        String(unsafeUninitializedCapacity: 64) { out in
            var index = 0
            for byte in digest {
                out[index] = digit(byte >> 4)
                out[index + 1] = digit(byte & 15)
                index += 2
            }
            return index
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x57 + nibble
    }
}
