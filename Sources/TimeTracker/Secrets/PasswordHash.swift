import Crypto
import CryptoExtras

/// Password hashes: scrypt (RFC 7914) in the text form `scrypt:N:r:p$salt$hex`, which existing TimeTracker databases use
/// too, so their passwords keep working.
enum PasswordHash {
    /// N, r and p of new hashes: 32 MiB and about 60 ms.
    private static let cost = (n: 32768, r: 8, p: 1)
    private static let length = 64
    /// Highest N·r that a stored hash may ask for, so that a bad row can't take the machine down.
    private static let maxWork = 1 << 22

    static let minLength = 8
    static let maxLength = 1024

    static func make(_ password: String) throws -> String {
        let salt = RandomText.alphanumeric(16)
        let key = try derive(password, salt: salt, n: cost.n, r: cost.r, p: cost.p, length: length)
        return "scrypt:\(cost.n):\(cost.r):\(cost.p)$\(salt)$\(hex(key))"
    }

    /// Compares in constant time. A nil or unreadable hash costs as much as a wrong password and never matches.
    static func verify(_ password: String, against stored: String?) -> Bool {
        guard let stored, let parts = Parts(stored) else {
            _ = try? derive(password, salt: "0000000000000000", n: cost.n, r: cost.r, p: cost.p, length: length)
            return false
        }
        guard
            let key = try? derive(
                password, salt: parts.salt, n: parts.n, r: parts.r, p: parts.p, length: parts.key.count)
        else { return false }
        return constantTimeEqual(key, parts.key)
    }

    private struct Parts {
        let n: Int, r: Int, p: Int
        let salt: String
        let key: [UInt8]

        init?(_ stored: String) {
            let fields = stored.split(separator: "$", omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let method = fields[0].split(separator: ":")
            guard method.count == 4, method[0] == "scrypt", let n = Int(method[1]), let r = Int(method[2]),
                let p = Int(method[3]), n > 1, r > 0, p > 0, p < 16,
                n.multipliedReportingOverflow(by: r).partialValue <= maxWork,
                let key = PasswordHash.bytes(fromHex: fields[2]), key.count >= 16
            else { return nil }
            (self.n, self.r, self.p, self.salt, self.key) = (n, r, p, String(fields[1]), key)
        }
    }

    private static func derive(_ password: String, salt: String, n: Int, r: Int, p: Int, length: Int) throws -> [UInt8]
    {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: Array(salt.utf8), outputByteCount: length, rounds: n, blockSize: r,
            parallelism: p, maxMemory: 256 * 1024 * 1024)
        return key.withUnsafeBytes { Array($0) }
    }

    private static func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(fromHex text: Substring) -> [UInt8]? {
        let digits = Array(text)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexDigitValue, let low = digits[index + 1].hexDigitValue else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}

/// Random text from the system's generator, which is cryptographically secure on Linux (getrandom(2)).
enum RandomText {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    static func alphanumeric(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
