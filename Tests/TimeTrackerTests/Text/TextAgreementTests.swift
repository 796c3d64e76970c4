import Postgres
import TestSupport
import Testing

@testable import TimeTracker

/// Swift and PostgreSQL mean the same by length, white space, tags, patterns and equality of text
/// (behaviour.md §3.5, §3.6).
struct TextAgreementTests {
    /// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }

        /// A few code points: of any plane, or such as mean something to somebody.
        mutating func text() -> String {
            let special = Array(
                ",%_\\;\"' \t\n\u{B}\u{85}\u{A0}\u{1680}\u{2003}\u{2028}\u{202F}\u{205F}\u{3000}\u{200B}\u{FEFF}\u{301}\u{307}\u{327}\u{FE0F}\u{200D}\u{1F1E9}aAeEiIkKsSİıſßẞΣσςéÉǆǅ\u{212A}\u{212B}가\u{1100}\u{1161}"
                    .unicodeScalars)
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...8, using: &self) {
                if Bool.random(using: &self), let scalar = special.randomElement(using: &self) {
                    text.append(scalar)
                } else {
                    let limits: [UInt32] = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF]
                    let limit = limits.randomElement(using: &self) ?? 0x7F
                    if let scalar = UnicodeScalar(UInt32.random(in: 1...limit, using: &self)) { text.append(scalar) }
                }
            }
            return String(text)
        }
    }

    private static let whiteSpace =
        #"U&' \0009\000A\000B\000C\000D\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000'"#

    private static func codes(_ text: String) -> String {
        text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func swiftAndPostgreSQLAgree(_ seed: UInt64) async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            var random = Random(state: seed)
            let texts = (0..<5000).map { _ in random.text() }
            let statement = Statement(
                """
                select t, length(t), btrim(t, \(Self.whiteSpace)), t like p, t || 'a' like p, 'a' || t like p,
                       array(select btrim(part, \(Self.whiteSpace)) from unnest(string_to_array(t, ',')) as part
                             where btrim(part, \(Self.whiteSpace)) <> ''),
                       tag_keys(t),
                       array(select tag_key(tag) from unnest(string_to_array(t, ',')) as tag where tag_key(tag) <> '')
                from unnest($1::text[], $2::text[]) as r (t, p)
                """, [.textArray(texts), .textArray(texts.map(LikePattern.escape))])
            let rows = try await db.execute(statement)
            #expect(rows.count == texts.count)
            for (text, row) in zip(texts, rows) {
                let codes = Self.codes(text)
                #expect(RawText(row.string(0)) == RawText(text), "\(codes)")
                #expect(Int64(RawText(text).codePointCount) == row.int(1), "\(codes)")
                #expect(RawText(Tags.trim(text)) == RawText(row.string(2)), "\(codes)")
                #expect(row.bool(3), "\(codes)")
                #expect(!row.bool(4) && !row.bool(5), "\(codes)")
                let tags = row.textArray(6).map { RawText($0) }
                #expect(Tags.split(text).map { RawText($0) } == tags, "\(codes)")
                var told: [RawText] = []
                Tags.forEach(in: RowText(wrappedValue: text)) { told.append(RawText(decoding: $0)) }
                #expect(told == tags, "\(codes)")
                #expect(
                    Set(row.textArray(7).map { RawText($0) }) == Set(row.textArray(8).map { RawText($0) }), "\(codes)")
            }
        }
    }

    /// Keys of names compare in Swift as the names do in the database, and unique names are those with different keys.
    @Test(arguments: [5, 6] as [UInt64])
    func namesAreEqualInBothOrInNeither(_ seed: UInt64) async throws {
        try await ScratchDatabase.with(.migrated) { db async throws in
            var random = Random(state: seed)
            var pairs: [(String, String)] = []
            for _ in 0..<3000 {
                let name = "n" + random.text()
                let others = [name.uppercased(), name.lowercased(), name + "\u{301}", "n" + random.text(), name]
                pairs.append((name, others.randomElement(using: &random) ?? name))
            }
            let statement = Statement(
                """
                select lower(normalize(a, nfc)), lower(normalize(b, nfc)),
                       lower(normalize(a, nfc)) = lower(normalize(b, nfc)), length(a) <= 200 and length(b) <= 200
                from unnest($1::text[], $2::text[]) as r (a, b)
                """, [.textArray(pairs.map(\.0)), .textArray(pairs.map(\.1))])
            let rows = try await db.execute(statement)
            for (pair, row) in zip(pairs, rows) {
                #expect(
                    (RawText(row.string(0)) == RawText(row.string(1))) == row.bool(2),
                    "\(Self.codes(pair.0)) / \(Self.codes(pair.1))")
            }
            // The index takes exactly as many as there are keys.
            let names = pairs.flatMap { [$0.0, $0.1] }
            let keys = Set(rows.flatMap { [RawText($0.string(0)), RawText($0.string(1))] })
            _ = try await db.execute(
                Statement(
                    "insert into clients (name) select unnest($1::text[]) on conflict do nothing", [.textArray(names)]))
            #expect(try await db.integer("select count(*) from clients") == Int64(keys.count))
        }
    }
}
