import Cryptography

/// Password hashes: scrypt (RFC 7914) in the text form `scrypt:N:r:p$salt$hex`, which existing TimeTracker databases use
/// too, so their passwords keep working.
enum PasswordHash {
    /// N, r and p of new hashes: 32 MiB and about 60 ms.
    private static let cost = Scrypt.Cost(n: 32768, r: 8, p: 1)
    private static let length = 64
    /// Highest N·r that a stored hash may ask for, so that a bad row can't take the machine down.
    private static let maxWork = 1 << 22
    /// Bytes.
    private static let maxMemory = 256 * 1024 * 1024

    static let minLength = 8
    static let maxLength = 1024

    /// Whether a password is neither too short, in code points, nor too long, in bytes.
    static func accepts(_ password: String) -> Bool {
        password.unicodeScalars.count >= minLength && password.utf8.count <= maxLength
    }

    static func make(_ password: String) throws -> String {
        let salt = RandomText.alphanumeric(16)
        let key = try derive(password, salt: salt, cost, length: length)
        return "scrypt:\(cost.n):\(cost.r):\(cost.p)$\(salt)$\(Hex.encode(key))"
    }

    /// Compares in constant time. A nil or unreadable hash costs as much as a wrong password and never matches.
    static func verify(_ password: String, against stored: String?) -> Bool {
        guard let stored, let parts = Parts(stored) else {
            _ = try? derive(password, salt: "0000000000000000", cost, length: length)
            return false
        }
        guard let key = try? derive(password, salt: parts.salt, parts.cost, length: parts.key.count) else {
            return false
        }
        return ConstantTime.isEqual(key, parts.key)
    }

    private struct Parts {
        let cost: Scrypt.Cost
        let salt: String
        let key: [UInt8]

        init?(_ stored: String) {
            let fields = stored.split(separator: "$", omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let method = fields[0].split(separator: ":")
            guard method.count == 4, method[0] == "scrypt", let n = Int(method[1]), let r = Int(method[2]),
                let p = Int(method[3]), n > 1, r > 0, p > 0, p < 16,
                n.multipliedReportingOverflow(by: r).partialValue <= maxWork,
                let key = Hex.decode(fields[2]), key.count >= 16
            else { return nil }
            (cost, salt, self.key) = (Scrypt.Cost(n: n, r: r, p: p), String(fields[1]), key)
        }
    }

    private static func derive(
        _ password: String, salt: String, _ cost: Scrypt.Cost, length: Int
    ) throws(Scrypt.Refused) -> [UInt8] {
        try Scrypt.key(password, salt: salt, cost: cost, length: length, maxMemory: maxMemory)
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
