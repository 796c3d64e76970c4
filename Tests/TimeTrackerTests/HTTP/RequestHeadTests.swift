import HTTPTypes
import Testing

@testable import TimeTracker

/// What a request's head must be (RFC 9112 §2-§6).
@Suite struct RequestHeadTests {
    private func parse(_ text: String) -> Result<RequestHead, HTTPRefusal> {
        Array(text.utf8).withUnsafeBytes { bytes in
            do throws(HTTPRefusal) {
                return .success(try RequestHeadParser.parse(bytes))
            } catch {
                return .failure(error)
            }
        }
    }

    /// The status of the refusal; nil for a head that is taken.
    private func problem(
        _ target: String = "/", _ version: String = "1.1", _ fields: [(String, String)] = [("Host", "a")]
    ) -> Int? {
        problem(inHead: "GET \(target) HTTP/\(version)\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n")
    }

    private func problem(inHead text: String) -> Int? {
        if case .failure(let error) = parse(text) { APIError(error).status.code } else { nil }
    }

    @Test func aHeadIsReadAsItStands() throws {
        let head = try parse(
            "PATCH /a/b?c=d HTTP/1.1\r\nHOST:t\r\nX-Empty:\r\nX-a:  one ,two\t \r\nx-A: three\r\nX-é\u{301}: no\r\n\r\n"
                .replacing("X-é\u{301}: no\r\n", with: "X-Text: é\u{301}\r\n")
        ).get()
        #expect(head.method == .patch && head.target == "/a/b?c=d" && !head.isHTTP10 && head.framing == .length(0))
        #expect(head.headers["x-a"] == ["one ,two", "three"])
        #expect(head.headers.list(name: "x-a") == ["one", "two", "three"])
        #expect(head.headers.first(name: "x-empty") == "" && head.headers.first(name: "x-none") == nil)
        #expect(head.headers.first(name: "x-text") == RawText("é\u{301}") && head.headers.contains(name: "host"))
    }

    @Test func bytesThatAreNoTextBecomeReplacements() throws {
        let bytes =
            Array("GET / HTTP/1.1\r\nHost: t\r\nX-A: a".utf8) + [0xFF, 0xFE] + Array("b\r\nX-B: c\r\n\r\n".utf8)
        let head = try bytes.withUnsafeBytes { try RequestHeadParser.parse($0) }
        #expect(head.headers.first(name: "x-a") == "a\u{FFFD}\u{FFFD}b" && head.headers.first(name: "x-b") == "c")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7F}\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nXé: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\n", "garbage\r\n\r\n", "\r\n\r\n",
        "\(String(repeating: "A", count: 40)) / HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func malformedHeadsAreRefused(_ text: String) {
        #expect(problem(inHead: text) == 400)
    }

    @Test(arguments: ["a.example", "a.example:80", "127.0.0.1:8080", "[::1]", "[::1]:8080", "", "a_b", "a:", "xn--nxa"])
    func goodHosts(_ host: String) {
        #expect(problem("/", "1.1", [("host", host)]) == nil)
    }

    @Test(arguments: [
        "a b", "a/b", "a@b", "a:b", "a:123456", "a:99999", "[::1", "[x]", "a,b", "é", "a:80:80", "a\u{301}",
    ])
    func badHosts(_ host: String) {
        #expect(problem("/", "1.1", [("host", host)]) == 400)
    }

    @Test func hostsAreCounted() {
        #expect(problem("/", "1.1", []) == 400 && problem("/", "1.0", []) == nil)
        #expect(problem("/", "1.1", [("Host", "a"), ("host", "a")]) == 400)
    }

    @Test func targetsAreASCII() {
        for good in ["/", "/a?b=%C3%A9", "*", "http://a.example/b"] { #expect(problem(good) == nil) }
        for bad in ["/é", "", "a", "/a b", "a.example:443", "h?tp://a/", "ftp://a/", "/a\u{301}", "/\u{7F}"] {
            #expect(problem(bad) == 400)
        }
        #expect(problem("/" + String(repeating: "a", count: 20_000)) == 414)
    }

    @Test func codingsAndLengths() throws {
        func problem(_ version: String, _ fields: (String, String)...) -> Int? {
            self.problem("/", version, [("Host", "a")] + fields)
        }
        #expect(problem("1.1", ("Transfer-Encoding", "Chunked")) == nil)
        #expect(problem("1.1", ("Transfer-Encoding", "gzip, chunked")) == 501)
        #expect(problem("1.1", ("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")) == 501)
        #expect(problem("1.0", ("Transfer-Encoding", "chunked")) == 400)
        #expect(problem("1.1", ("Transfer-Encoding", "chunked"), ("Content-Length", "1")) == 400)
        #expect(problem("1.1", ("Transfer-Encoding", "")) == 400)
        for bad in ["", "-1", "+1", "1, 1", "0x1", "1 1", "१"] {
            #expect(problem("1.1", ("Content-Length", bad)) == 400, "\(bad)")
        }
        #expect(problem("1.1", ("Content-Length", "1"), ("Content-Length", "1")) == 400)
        let huge = parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n")
        #expect(try huge.get().framing == .length(.max))
    }

    @Test func fieldsAreCounted() {
        #expect(problem("/", "1.1", [("Host", "a")] + (0..<255).map { ("x\($0)", "") }) == nil)
        #expect(problem("/", "1.1", [("Host", "a")] + (0..<256).map { ("x\($0)", "") }) == 431)
    }

    @Test func theEndOfAHeadIsFoundInAnyPieces() {
        let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let bytes = Array((head + "GET / HTTP/1.1\r\n\r\n").utf8)
        for piece in 1...bytes.count {
            var searched = 0
            var found: Int?
            for end in stride(from: piece, through: bytes.count + piece, by: piece) where found == nil {
                let end = min(end, bytes.count)
                found = bytes[..<end].withUnsafeBytes { HeadEnd.find(in: $0, from: max(0, searched - 3)) }
                searched = end
            }
            #expect(found == head.utf8.count, "\(piece)")
        }
    }

    @Test func memoryIsSharedOut() {
        let budget = BodyBudget(perWorker: 100, perClient: 60)
        #expect(budget.reserve(60, for: "a"))
        #expect(!budget.reserve(1, for: "a"))
        #expect(!budget.reserve(41, for: "b"))
        #expect(budget.reserve(40, for: "b"))
        budget.release(60, for: "a")
        #expect(budget.used == 40)
        #expect(budget.reserve(60, for: "a"))
    }

    @Test func tokensAreMadeOfLettersDigitsAndFifteenMarks() {
        for byte in UInt8.min ... .max {
            let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let isToken = isLetter || isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            #expect(TokenBytes.contain(byte) == isToken, "\(byte)")
        }
    }

    @Test func addressesAreCountedByNetwork() {
        #expect(IPAddress.client(of: "192.0.2.1") == IPAddress.client(of: "::ffff:192.0.2.1"))
        #expect(IPAddress.client(of: "2001:db8::1") == IPAddress.client(of: "2001:db8::ffff:1"))
        #expect(IPAddress.client(of: "2001:db8::1") != IPAddress.client(of: "2001:db8:0:1::1"))
    }
}
