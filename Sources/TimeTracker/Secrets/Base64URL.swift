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

    /// Two texts of the same length, digit by digit, in exclusive or: with one of them it gives the other again.
    ///
    /// - Returns: nil for other lengths, and for what isn't made of digits.
    static func combine(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> [UInt8]? {
        guard a.count == b.count else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(a.count)
        for (a, b) in zip(a, b) {
            guard let a = alphabet.firstIndex(of: a), let b = alphabet.firstIndex(of: b) else { return nil }
            out.append(alphabet[a ^ b])
        }
        return out
    }
}

extension RandomText {
    /// `bytes` random bytes as URL-safe base64.
    static func urlSafe(bytes: Int) -> String {
        // Eight bytes each time: a system call for each byte is what pages would notice.
        var generator = SystemRandomNumberGenerator()
        let words = (0..<(bytes + 7) / 8).map { _ in generator.next() }
        return Base64URL.encode(words.withUnsafeBytes { Array($0.prefix(bytes)) })
    }
}
