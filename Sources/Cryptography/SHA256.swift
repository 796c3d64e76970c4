import CCrypto

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// 32 bytes, kept in place so that making, comparing and hashing one allocates nothing.
    public struct Digest: Hashable, Sendable {
        public static let byteCount = 32

        private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

        fileprivate init(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
            withUnsafeMutableBytes(of: &words) { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { if let start = $0.baseAddress { fill(start) } }
            }
        }

        public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

        public func hash(into hasher: inout Hasher) {
            // A digest's bits are as good as random: one word tells digests apart as well as all.
            hasher.combine(words.0)
        }

        public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
            try withUnsafeBytes(of: words, body)
        }

        public var bytes: [UInt8] { withBytes { Array($0) } }

        /// 64 digits in lower case.
        public var hex: String { withBytes(Hex.encode) }
    }

    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        Digest { crypto_sha256(nil, 0, bytes.baseAddress, bytes.count, $0) }
    }

    /// Of one byte and what follows it.
    public static func hash(_ bytes: UnsafeRawBufferPointer, after first: UInt8) -> Digest {
        withUnsafePointer(to: first) { first in
            Digest { crypto_sha256(first, 1, bytes.baseAddress, bytes.count, $0) }
        }
    }

    public static func hash(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes(hash) }

    /// Of the text's UTF-8.
    public static func hash(_ text: String) -> Digest {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    fileprivate static func code(_ key: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Digest {
        Digest { crypto_hmac_sha256(key, key.count, bytes.baseAddress, bytes.count, $0) }
    }
}

/// A secret for HMAC-SHA-256 (RFC 2104).
public struct HMACKey: Sendable {
    private let bytes: [UInt8]

    /// - Parameter secret: its UTF-8 is the key.
    public init(_ secret: String) { bytes = Array(secret.utf8) }

    /// A key made of a secret for one purpose, so that codes made for other purposes are none here.
    public init(_ secret: String, purpose: String) { bytes = HMACKey(secret).code(of: purpose).bytes }

    /// Over the text's UTF-8.
    public func code(of text: String) -> SHA256.Digest {
        var text = text
        return text.withUTF8 { SHA256.code(bytes, UnsafeRawBufferPointer($0)) }
    }
}

/// SHA-1 (FIPS 180-4), by which Redis names scripts. It protects nothing.
public enum SHA1 {
    /// Of the text's UTF-8, 40 digits in lower case.
    public static func hex(_ text: String) -> String {
        var text = text
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(crypto_sha1_length)) { digest in
            text.withUTF8 { crypto_sha1($0.baseAddress, $0.count, digest.baseAddress) }
            return Hex.encode(UnsafeRawBufferPointer(digest))
        }
    }
}
