import CCrypto

/// The password-based key derivation function scrypt (RFC 7914).
public enum Scrypt {
    /// The parameters are none, or need more memory than allowed.
    public struct Refused: Error {}

    /// How much work a guess is: 128·N·r bytes of memory, gone through p times.
    public struct Cost: Sendable, Equatable {
        /// A power of two above 1.
        public let n: Int
        public let r: Int
        public let p: Int

        public init(n: Int, r: Int, p: Int) {
            self.n = n
            self.r = r
            self.p = p
        }
    }

    /// - Parameters:
    ///   - password: its UTF-8 is what counts; the salt's too.
    ///   - length: bytes of the key, at least 1.
    ///   - maxMemory: bytes that the work may take.
    public static func key(
        _ password: String, salt: String, cost: Cost, length: Int, maxMemory: Int
    ) throws(Refused) -> [UInt8] {
        guard cost.n > 1, cost.r > 0, cost.p > 0, length > 0, maxMemory > 0 else { throw Refused() }
        let (password, salt) = (Array(password.utf8), Array(salt.utf8))
        var isDone = false
        let key = [UInt8](unsafeUninitializedCapacity: length) { key, count in
            isDone = crypto_scrypt(
                password, password.count, salt, salt.count, UInt64(cost.n), UInt64(cost.r), UInt64(cost.p),
                UInt64(maxMemory), key.baseAddress, length)
            count = isDone ? length : 0
        }
        guard isDone else { throw Refused() }
        return key
    }
}
