import NIOCore
import Testing

@testable import TimeTracker

@Suite struct FormatTests {
    @Test(arguments: [
        "9223372036854775808", "9223372036854775807", "-9223372036854775809", "92233720368547758.08",
        "92233720368547758.075", "99999999999999999999999", "9223372036854775807e5",
    ])
    func numbersBeyondTheRangeAreRefusedNotTrapped(_ text: String) {
        #expect(Money.parse(text) == nil)
        if case .success = IntegerInput.parse(.number(text), in: 1...1000) { Issue.record("taken") }
        if case .success = IntegerInput.parse(.string(RawText(text)), in: 1...1000) { Issue.record("taken") }
    }

    @Test(arguments: ["a,b", " a , ,b ", "", ",", "a", " ü , ß", "a\tb,\tc"])
    func tagsAreWrittenAsTheyAreSplit(_ text: String) {
        var written: [String] = []
        Tags.forEach(in: RowText(wrappedValue: text)) { written.append(String(decoding: $0, as: UTF8.self)) }
        #expect(written == Tags.split(text))
    }

    @Test(arguments: [
        ("Website Redesign", "WEBS"), ("a b", "AB"), ("  x  y z w v", "XYZW"), ("Über uns", "ÜBER"), ("", ""),
        ("abcd\u{301}e", "ABCD\u{301}"), ("日本", "日本"),
    ])
    func codes(_ name: String, _ code: String) {
        #expect(codeDisplay(name: name, code: nil) == code)
        #expect(codeDisplay(name: name, code: "X") == "X")
    }

    @Test func durations() {
        for (seconds, text) in [(0, "00:00:00"), (59, "00:00:59"), (360_061, "100:01:01"), (35_999, "09:59:59")] {
            var json = JSONWriter(capacity: 1)
            json.duration(seconds: Int64(seconds))
            #expect(json.text == "\"\(text)\"")
        }
    }

    @Test func etags() {
        let tag = ETag.of(ByteBuffer(string: "x"))
        #expect(tag == "\"2d711642b726b04401627ca9fbac32f5\"")
        #expect(ETag.isNamed(tag, by: ["\"a\"", RawText(tag)], isWeak: false))
        #expect(ETag.isNamed(tag, by: ["\"a\"", RawText("W/\(tag)")], isWeak: true))
        #expect(!ETag.isNamed(tag, by: [RawText("W/\(tag)")], isWeak: false))
        #expect(ETag.isNamed(tag, by: ["*"], isWeak: false))
        #expect(!ETag.isNamed(tag, by: ["", ","], isWeak: true))
    }
}
