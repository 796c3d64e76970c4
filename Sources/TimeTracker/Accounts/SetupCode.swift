import Cryptography
import Glibc
import Logging
import Postgres
import Synchronization

/// The code that somebody on another machine needs for the first-run setup, so that it isn't whoever comes first who gets
/// the server.
///
/// It is made of the secret key and of random text in the settings row: the same for all workers and hosts of an
/// installation, known to nobody who can't read the server's output, and another one after the setup has been completed.
final class SetupCode: Sendable {
    /// Without the letters and digits that are taken for one another (Crockford's base 32).
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// 50 bits.
    private static let length = 10

    private let key: HMACKey
    private let db: PostgresClient
    private let logger: Logger
    private let isAnnounced = Atomic<Bool>(false)

    init(secretKey: String, db: PostgresClient, logger: Logger) {
        key = HMACKey(secretKey, purpose: "setup code v1")
        self.db = db
        self.logger = logger
    }

    /// The code in groups of five; nil when the setup is complete.
    func current() async throws(PostgresError) -> String? {
        let statement = Statement("select setup_salt::text from settings where setup_completed_at is null")
        return try await db.query(statement).first.map { code(salt: $0.string(0)) }
    }

    func code(salt: String) -> String {
        let digits = key.code(of: salt).bytes.prefix(Self.length).map { Self.alphabet[Int($0 & 31)] }
        return String(decoding: digits[..<5], as: UTF8.self) + "-" + String(decoding: digits[5...], as: UTF8.self)
    }

    /// Compares in constant time. Case, blanks and hyphens don't count; O is taken for 0, I and L for 1.
    static func matches(_ typed: String, _ code: String) -> Bool {
        guard typed.utf8.count <= 64 else { return false }
        return CSRFToken.matches(RawText(plain(typed)), plain(code))
    }

    private static func plain(_ text: String) -> String {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            let letter = (0x61...0x7A).contains(byte) ? byte & 0xDF : byte
            switch letter {
            case UInt8(ascii: " "), UInt8(ascii: "-"), 0x09: return nil
            case UInt8(ascii: "O"): return UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): return UInt8(ascii: "1")
            default: return letter
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Writes the code to the log and to standard output, once in the life of this process, while the setup is to be done.
    func announce() async {
        guard !isAnnounced.load(ordering: .relaxed), let code = try? await current() else { return }
        guard !isAnnounced.exchange(true, ordering: .relaxed) else { return }
        logger.notice("the first-run setup is to be done", metadata: ["page": "/setup", "setup_code": "\(code)"])
        let text = """

            TimeTracker is not set up yet. Open /setup in a browser; from another machine it asks for

              setup code   \(code)


            """
        _ = text.withCString { write(STDOUT_FILENO, $0, text.utf8.count) }
    }
}
