import NIOCore
import Testing

@testable import TimeTracker

@Suite struct JSONParserTests {
    @Test func readsEveryKindOfValue() throws {
        let value = try JSONValue.parse(
            #" {"a":[1,-2.50e+3,true,false,null],"b":{"c":"x\n\u00e9\ud83d\ude00/\/"},"a2":""} "#)
        #expect(value["a"]?.arrayValue == [.number("1"), .number("-2.50e+3"), .bool(true), .bool(false), .null])
        #expect(value["b"]?["c"]?.stringValue == "x\né😀//")
        #expect(value["missing"] == nil)
    }

    @Test func theLastOfEqualKeysCounts() throws {
        #expect(try JSONValue.parse(#"{"a":1,"a":2}"#)["a"] == .number("2"))
        let many = (0..<40).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        let value = try JSONValue.parse("{\(many),\"k3\":99}")
        #expect(value["k3"] == .number("99") && value["k39"] == .number("39"))
    }

    @Test(arguments: [
        "", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", ".5", "+1", "1e", "-", "tru", "nul",
        "\"", "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "{}x", "'a'", "\u{FEFF}{}",
        "NaN", "[1 2]",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONParseError.self) { try JSONValue.parse(text) }
    }

    @Test func refusesInvalidUTF8AndDeepNesting() {
        #expect(throws: JSONParseError.self) { try JSONValue.parse(ByteBuffer(bytes: [0x22, 0xC3, 0x28, 0x22])) }
        #expect(throws: JSONParseError.self) { try JSONValue.parse(String(repeating: "[", count: 100_000)) }
        #expect(throws: Never.self) {
            try JSONValue.parse(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
        }
    }

    /// Eight bytes are looked at together: an escape is found wherever among them it stands.
    @Test func everyCharacterIsWrittenSoThatItIsReadBack() throws {
        for length in [1, 7, 8, 9, 17] {
            for place in 0..<length {
                for code in (0...0x17F as ClosedRange<UInt32>) {
                    let scalar = try #require(Unicode.Scalar(code))
                    let text =
                        String(repeating: "a", count: place) + String(scalar)
                        + String(repeating: "\u{7F}", count: length - place - 1)
                    var json = JSONWriter(capacity: 64)
                    json.value(text)
                    let written = json.text
                    let value = try JSONValue.parse(written)
                    guard value.stringValue == RawText(text), written.utf8.allSatisfy({ $0 >= 0x20 }) else {
                        Issue.record("U+\(String(code, radix: 16)) at \(place) of \(length): \(written)")
                        return
                    }
                }
            }
        }
    }

    @Test func randomBytesNeverCrashIt() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\":,\\u0123456789eE+-.truefalsn \u{7f}".utf8) + [0xC3, 0xFF, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = try? JSONValue.parse(ByteBuffer(bytes: bytes))
        }
    }
}

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 64)
        body(&writer)
        return writer.text
    }

    @Test func setsCommasByItself() {
        let text = written { json in
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.value(1)
            json.null()
            json.beginObject()
            json.endObject()
            json.endArray()
            json.key("b")
            json.value(true)
            json.endObject()
        }
        #expect(text == #"{"a":[1,null,{}],"b":true}"#)
    }

    @Test(arguments: [
        (0, "0.0"), (5, "0.05"), (-5, "-0.05"), (7500, "75.0"), (7525, "75.25"), (7520, "75.2"), (-123_456, "-1234.56"),
    ])
    func money(_ hundredths: Int64, _ expected: String) {
        #expect(written { $0.money(hundredths) } == expected)
    }

    @Test(arguments: [(0, "0.0"), (3600, "1.0"), (18, "0.01"), (17, "0.0"), (5400, "1.5"), (-5400, "-1.5"), (1, "0.0")])
    func hours(_ seconds: Int64, _ expected: String) {
        #expect(written { $0.hours(seconds: seconds) } == expected)
    }

    @Test func numbersTextsAndTimes() {
        #expect(written { $0.value(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.value(120.0) } == "120.0")
        #expect(written { $0.value(Double.nan) } == "null")
        #expect(written { $0.value("a\"\\\n\u{1}é") } == "\"a\\\"\\\\\\n\\u0001é\"")
        #expect(written { $0.instant(758_624_400_000_000) } == "\"2024-01-15T09:00:00Z\"")
        #expect(written { $0.instant(-1) } == "\"1999-12-31T23:59:59Z\"")
        #expect(written { $0.date(8780) } == "\"2024-01-15\"")
    }
}
