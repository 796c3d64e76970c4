import Testing

@testable import Postgres

@Suite("Binary format")
struct BinaryFormatTests {
    private func numeric(_ digits: [UInt16], weight: Int16, sign: UInt16 = 0, decimals: UInt16) -> (Int64?, String?) {
        let words = [UInt16(digits.count), UInt16(bitPattern: weight), sign, decimals] + digits
        let bytes = words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        return bytes.withUnsafeBytes { raw in
            let number = BinaryNumeric(raw)
            return (number?.hundredths, number?.text)
        }
    }

    @Test("numeric: exact hundredths and the server's text")
    func numerics() {
        #expect(numeric([], weight: 0, decimals: 0) == (0, "0"))
        #expect(numeric([], weight: 0, decimals: 2) == (0, "0.00"))
        #expect(numeric([12, 5000], weight: 0, decimals: 2) == (1250, "12.50"))
        #expect(numeric([12, 5000], weight: 0, sign: 0x4000, decimals: 2) == (-1250, "-12.50"))
        #expect(numeric([1], weight: 1, decimals: 0) == (1_000_000, "10000"))
        #expect(numeric([1, 0, 7], weight: 1, decimals: 4) == (1_000_000, "10000.0007"))
        #expect(numeric([50], weight: -1, decimals: 4) == (1, "0.0050"))
        #expect(numeric([49, 9999], weight: -1, decimals: 8) == (0, "0.00499999"))
        #expect(numeric([50], weight: -1, sign: 0x4000, decimals: 4) == (-1, "-0.0050"))
        #expect(numeric([5], weight: -2, decimals: 8) == (0, "0.00000005"))
    }

    @Test("numeric: the largest that fits, the first that doesn't, and what is no number")
    func numericLimits() {
        #expect(numeric([9, 2233, 7203, 6854, 7758, 700], weight: 4, decimals: 2).0 == Int64.max)
        #expect(numeric([9, 2233, 7203, 6854, 7758, 800], weight: 4, decimals: 2).0 == nil)
        #expect(numeric([1], weight: 5, decimals: 0) == (nil, "100000000000000000000"))
        #expect(numeric([], weight: 0, sign: 0xC000, decimals: 0) == (nil, "NaN"))
        #expect(numeric([], weight: 0, sign: 0xF000, decimals: 0) == (nil, "-Infinity"))
        #expect([UInt8(0), 1, 0].withUnsafeBytes { BinaryNumeric($0) == nil })
    }

    @Test("an array cut short is no array")
    func truncatedArray() {
        let bytes: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0]
        let elements = bytes.withUnsafeBytes { BinaryFormat.elements($0) { $0?.count } }
        #expect(elements == nil)
        let empty: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20]
        #expect(empty.withUnsafeBytes { BinaryFormat.elements($0) { $0?.count } }?.isEmpty == true)
    }
}

@Suite("Errors and settings")
struct ErrorTests {
    @Test(
        "SQLSTATE to code",
        arguments: [
            ("23505", PostgresError.Code.uniqueViolation), ("23503", .foreignKeyViolation), ("23514", .checkViolation),
            ("40001", .serialization), ("40P01", .serialization), ("55P03", .lockTimeout), ("57014", .timeout),
            ("22P02", .invalidInput), ("57P01", .unavailable), ("08006", .unavailable), ("25006", .unavailable),
            ("53300", .unavailable), ("53100", .insufficientResources), ("42601", .other),
        ])
    func table(state: String, code: PostgresError.Code) {
        #expect(PostgresError.Code(sqlState: state) == code)
    }

    @Test("values quoted in a message are left out")
    func quotedValues() {
        #expect(
            PostgresError.withoutQuotedValues("invalid input syntax for type integer: \"se\"cret\"")
                == "invalid input syntax for type integer: \"…\"")
        #expect(PostgresError.withoutQuotedValues("division by zero") == "division by zero")
    }

    @Test("a session has its limits set, and the URL's own options come last")
    func settings() throws {
        var configuration = PostgresConfiguration(url: "postgresql://u:p@h1,h2/db?target_session_attrs=read-write")
        configuration.statementTimeout = .milliseconds(1500)
        let settings = try ConnectionSettings(configuration)
        #expect(settings.value("host") == "h1,h2")
        #expect(settings.value("target_session_attrs") == "read-write")
        #expect(settings.value("client_encoding") == "UTF8")
        #expect(settings.value("options")?.contains("-c statement_timeout=1500 ") == true)
        configuration.url += "&options=-c%20work_mem%3D8MB&application_name=mine"
        let changed = try ConnectionSettings(configuration)
        #expect(changed.value("options")?.hasSuffix(" -c work_mem=8MB") == true)
        #expect(changed.value("application_name") == "mine")
    }

    @Test("a URL that can't be read is not repeated in the error")
    func badURL() {
        let error = #expect(throws: PostgresError.self) {
            try ConnectionSettings(PostgresConfiguration(url: "postgresql://u:secret@h:5432/db?nonsense=1"))
        }
        #expect(error?.message.contains("secret") == false)
    }
}
