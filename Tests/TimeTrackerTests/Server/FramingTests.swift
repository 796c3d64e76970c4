import HTTPTypes
import NIOHTTP1
import Testing

@testable import TimeTracker

/// What is seen of a request before it is parsed or kept (RFC 9112).
@Suite struct FramingTests {
    private func scan(_ text: String, limit: Int = 100, piece: Int = .max) -> (ChunkScanner, Int) {
        var scanner = ChunkScanner(maxBytes: limit)
        let bytes = Array(text.utf8)
        var taken = 0
        while taken < bytes.count, !scanner.isComplete, scanner.problem == nil {
            let part = bytes[taken..<min(bytes.count, taken + min(piece, bytes.count))]
            let count = part.withUnsafeBytes { scanner.scan($0) }
            guard count > 0 else { break }
            taken += count
        }
        return (scanner, taken)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func chunkedBodiesEndWhereTheyEnd(_ piece: Int) {
        for body in [
            "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
            "1\na\n0\n\n",
            "00000005\r\n0\r\n\r\n\r\n0\r\n\r\n",
        ] {
            let (scanner, taken) = scan(body + "GET / HTTP/1.1", piece: piece)
            #expect(scanner.isComplete && scanner.problem == nil && taken == body.utf8.count, "\(body)")
        }
    }

    @Test(arguments: [
        "FFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\r\n", "65\r\n",
        "64\r\n" + String(repeating: "a", count: 100) + "\r\n1\r\n",
    ])
    func sizesAreSeenBeforeTheData(_ body: String) {
        #expect(scan(body).0.problem == .tooLarge)
    }

    @Test func extensionsAndTrailersAreBounded() {
        #expect(scan("1;" + String(repeating: "x", count: 20_000)).0.problem == .excessive)
        #expect(scan("0\r\n" + String(repeating: "a: b\r\n", count: 4000)).0.problem == .excessive)
        #expect(scan(String(repeating: "1\r\na\r\n", count: 90) + "0\r\n\r\n").0.isComplete)
    }

    private func head(
        _ uri: String = "/", _ version: HTTPVersion = .http1_1, _ fields: [(String, String)] = [("Host", "a")]
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: .GET, uri: uri, headers: HTTPHeaders(fields))
    }

    @Test(arguments: ["a.example", "a.example:80", "127.0.0.1:8080", "[::1]", "[::1]:8080", "", "a_b", "a:", "xn--nxa"])
    func goodHosts(_ host: String) {
        #expect(RequestHeadCheck.problem(head("/", .http1_1, [("host", host)])) == nil)
    }

    @Test(arguments: ["a b", "a/b", "a@b", "a:b", "a:123456", "[::1", "[x]", "a,b", "é", "a:80:80", "a\u{301}"])
    func badHosts(_ host: String) {
        #expect(RequestHeadCheck.problem(head("/", .http1_1, [("host", host)]))?.status == .badRequest)
    }

    @Test func hostsAreCounted() {
        #expect(RequestHeadCheck.problem(head("/", .http1_1, []))?.status == .badRequest)
        #expect(RequestHeadCheck.problem(head("/", .http1_0, [])) == nil)
        #expect(RequestHeadCheck.problem(head("/", .http1_1, [("Host", "a"), ("host", "a")]))?.status == .badRequest)
    }

    @Test func targetsAreASCII() {
        for good in ["/", "/a?b=%C3%A9", "*", "http://a.example/b"] {
            #expect(RequestHeadCheck.problem(head(good)) == nil)
        }
        for bad in ["/é", "", "a", "/a b", "a.example:443", "/a\u{301}"] {
            #expect(RequestHeadCheck.problem(head(bad))?.status == .badRequest, "\(bad)")
        }
        #expect(RequestHeadCheck.problem(head("/" + String(repeating: "a", count: 20_000)))?.status == .uriTooLong)
    }

    @Test func codings() {
        func problem(_ version: HTTPVersion, _ fields: (String, String)...) -> Int? {
            RequestHeadCheck.problem(head("/", version, [("Host", "a")] + fields))?.status.code
        }
        #expect(problem(.http1_1, ("Transfer-Encoding", "Chunked")) == nil)
        #expect(problem(.http1_1, ("Transfer-Encoding", "gzip, chunked")) == 501)
        #expect(problem(.http1_1, ("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")) == 501)
        #expect(problem(.http1_0, ("Transfer-Encoding", "chunked")) == 400)
        #expect(problem(.http1_1, ("Transfer-Encoding", "chunked"), ("Content-Length", "1")) == 400)
        #expect(problem(.http1_1, ("Transfer-Encoding", "")) == 400)
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

    @Test func addressesAreCountedByNetwork() {
        #expect(IPAddress.network(of: "192.0.2.1") == IPAddress.network(of: "::ffff:192.0.2.1"))
        #expect(IPAddress.network(of: "2001:db8::1") == IPAddress.network(of: "2001:db8::ffff:1"))
        #expect(IPAddress.network(of: "2001:db8::1") != IPAddress.network(of: "2001:db8:0:1::1"))
    }
}
