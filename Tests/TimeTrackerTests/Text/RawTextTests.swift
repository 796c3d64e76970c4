import Foundation
import Testing

@testable import TimeTracker

/// Text from outside costs time in proportion to its length, and is what its code points say.
@Suite struct RawTextTests {
    /// A letter with combining marks of two classes in turn, which Swift's own comparison sorts in quadratic time.
    private static func marks(_ count: Int, _ last: String = "") -> String {
        "a" + String(repeating: "\u{301}\u{323}", count: count / 2) + last
    }

    @Test func comparisonIsByBytes() {
        #expect(RawText("\u{E9}") != RawText("e\u{301}"))
        #expect(RawText("abc") == RawText("xabcx").dropFirst(1).dropLast(1))
        #expect(RawText("abc").hashValue == RawText("xabcx").dropFirst(1).dropLast(1).hashValue)
        #expect(RawText("a") < RawText("b"))
    }

    /// Sixteen times the text may take no more than about sixteen times as long; quadratic would be 256 times.
    @Test func costsAreLinear() {
        func cost(_ count: Int) -> Duration {
            let text = Self.marks(count)
            let other = RawText(Self.marks(count, "x"))
            return (0..<5).map { _ in
                ContinuousClock().measure {
                    let raw = RawText(text)
                    #expect(raw != other)
                    #expect(Set([raw, other]).count == 2)
                    #expect(raw.split(0x2C).count == 1 && !raw.isStreamSafe && raw.trimmed == raw)
                    #expect(raw.asciiLowercased == raw && raw.codePointCount == count + 1)
                }
            }.min() ?? .zero
        }
        _ = cost(1000)
        let (small, large) = (cost(20_000), cost(320_000))
        #expect(large < small * 64, "\(small) for 20,000 marks, \(large) for 320,000")
    }

    @Test(arguments: [
        ("", ""), (" a ", "a"), ("\u{A0}\u{3000}a b\u{2028}\n", "a b"), ("  ", ""), (" \u{301}a", "\u{301}a"),
        ("é\u{85}", "é"),
        ("\u{FEFF}a", "\u{FEFF}a"),
    ])
    func trimming(_ text: String, _ trimmed: String) {
        #expect(RawText(text).trimmed == RawText(trimmed))
    }

    @Test func splitting() {
        #expect(RawText("a,\u{301}b,,c").split(0x2C) == ["a", "\u{301}b", "", "c"])
        #expect(RawText("a=b=c").split(0x3D, most: 2) == ["a", "b=c"])
        #expect(RawText("").split(0x2C) == [""])
        #expect(RawText(" a \t b").twoWords.map { [$0, $1] } == ["a", "b"])
        for text in ["", " ", "a", "a ", "a b c", "a b c "] { #expect(RawText(text).twoWords == nil) }
        #expect(RawText(" a ").onlyWord == "a")
        for text in ["", " ", "a b"] { #expect(RawText(text).onlyWord == nil) }
    }

    @Test func lengthsAreCodePoints() throws {
        #expect(RawText("e\u{301}👩‍👩‍👧").codePointCount == 7)
        #expect(try RawText("e\u{301}").text(atMost: 2).utf8.count == 3)
        #expect(throws: RawText.Refusal.tooLong) { try RawText("e\u{301}").text(atMost: 1) }
        #expect(throws: RawText.Refusal.tooLong) { try RawText("abc").text(atMost: 2) }
        #expect(RawText("aé👍b").prefix(codePoints: 3) == "aé👍")
        #expect(RawText("ab").prefix(codePoints: 3) == "ab")
    }

    @Test func runsOfCombiningMarksAreBounded() throws {
        #expect(throws: Never.self) { try RawText(Self.marks(30)).text(atMost: 100) }
        #expect(throws: RawText.Refusal.notText) { try RawText(Self.marks(32)).text(atMost: 100) }
        #expect(throws: RawText.Refusal.notText) { try RawText("a\0b").text(atMost: 100) }
        // Three vowel signs of Tibetan are two marks each.
        for sign in ["\u{F73}", "\u{F75}", "\u{F81}"] {
            #expect(RawText(String(repeating: sign, count: 15)).isStreamSafe)
            #expect(!RawText(String(repeating: sign, count: 16)).isStreamSafe)
        }
        // Marks of class 0 are never sorted: an emoji's joiners, the vowel signs of Thai.
        #expect(RawText(String(repeating: "\u{200D}", count: 100)).isStreamSafe)
        #expect(RawText(String(repeating: "กำ", count: 100)).isStreamSafe)
    }

    /// A run of any code point that consists of marks only, decomposed, ends at the limit (UAX #15 §13).
    @Test func everyCodePointThatIsMarksIsCounted() {
        for scalar in (0x300...0x10FFFF).lazy.compactMap({ Unicode.Scalar($0 as Int) }) {
            let parts = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
            guard parts.allSatisfy({ $0.properties.canonicalCombiningClass != .notReordered }) else { continue }
            #expect(!RawText(String(repeating: Character(scalar), count: 31)).isStreamSafe, "\(scalar.value)")
        }
    }

    @Test func searching() {
        #expect(RawText("text/html, */*").contains("text/html"))
        #expect(!RawText("text/htm").contains("text/html"))
        #expect(RawText("a\0b").withoutNUL == "a\u{FFFD}b")
        #expect(RawText("AbC-É").asciiLowercased == "abc-É")
        #expect(RawText("7").short == "7" && RawText(String(repeating: "7", count: 300)).short == nil)
    }
}
