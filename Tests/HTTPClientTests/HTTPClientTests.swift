import Foundation
import Glibc
import HTTPClient
import Reactor
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct HTTPClientTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func with<Value>(
        authorities: String? = nil, _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let reactor = try Reactor(name: "test")
        reactor.start()
        defer { reactor.stop() }
        let client = HTTPClient(reactor: reactor, authorities: authorities)
        let value: Value
        do {
            value = try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        return value
    }

    private func request(_ url: String, _ addresses: [String] = ["127.0.0.1"]) -> HTTPClient.Request {
        HTTPClient.Request(url: url, addresses: addresses, timeout: .seconds(20), maxBodyBytes: 1000)
    }

    private func send(_ request: HTTPClient.Request, authorities: String? = nil) async throws -> HTTPClient.Response {
        try await with(authorities: authorities) { try await $0.send(request) }
    }

    private func failure(_ request: HTTPClient.Request, authorities: String? = nil) async -> HTTPClient.Failure? {
        do {
            _ = try await send(request, authorities: authorities)
            return nil
        } catch {
            return error as? HTTPClient.Failure
        }
    }

    private func text(_ fields: [(name: [UInt8], value: [UInt8])]) -> [String] {
        fields.map { String(decoding: $0.name + Array("=".utf8) + $0.value, as: UTF8.self) }
    }

    /// The name is never looked up, and is sent all the same.
    @Test func sendsToTheGivenAddress() async throws {
        let peer = try Peer("HTTP/1.1 418 Teapot\r\nX-A:  b \r\nx-a: c\r\nContent-Length: 3\r\n\r\nyes")
        var request = request("http://no-such-host.invalid:\(peer.port)/a/../b|c?d=%20#e")
        request.method = "PATCH"
        request.headers = [("X-One", "1"), ("X-Empty", ""), ("User-Agent", "me")]
        request.body = Array("{\"ä\":1}".utf8)
        let response = try await send(request)
        #expect(response.status == 418 && response.body == Array("yes".utf8) && !response.isCut)
        #expect(text(response.headers) == ["X-A=b", "x-a=c", "Content-Length=3"])
        let lines = try #require(peer.requests.first).components(separatedBy: "\r\n")
        #expect(lines.first == "PATCH /a/../b|c?d=%20 HTTP/1.1")
        #expect(
            Set(lines.dropFirst()) == [
                "Host: no-such-host.invalid:\(peer.port)", "X-One: 1", "X-Empty:", "User-Agent: me",
                "Content-Length: 8",
                "", "{\"ä\":1}",
            ])
    }

    @Test func aRequestWithoutABodyHasNoFieldsOfItsOwn() async throws {
        let peer = try Peer(Self.ok)
        _ = try await send(request(peer.url))
        #expect(peer.requests == ["GET / HTTP/1.1\r\nHost: 127.0.0.1:\(peer.port)\r\n\r\n"])
    }

    @Test func anEmptyBodyIsOne() async throws {
        let peer = try Peer(Self.ok)
        var request = request(peer.url)
        request.method = "POST"
        request.body = []
        _ = try await send(request)
        #expect(peer.requests.first?.contains("\r\nContent-Length: 0\r\n") == true)
    }

    @Test func redirectsAreAnswers() async throws {
        let other = try Peer(Self.ok)
        let peer = try Peer("HTTP/1.1 302 Found\r\nLocation: \(other.url)\r\nContent-Length: 0\r\n\r\n")
        let response = try await send(request(peer.url))
        #expect(response.status == 302 && other.requests.isEmpty)
    }

    @Test func whatIsTooMuchIsNotRead() async throws {
        let long = String(repeating: "x", count: 1_000_000)
        let endless = try Peer("HTTP/1.1 200 OK\r\n\r\n" + long)
        let response = try await send(request(endless.url))
        #expect(response.isCut && response.body == Array(long.utf8.prefix(1000)))
        let exact = try Peer("HTTP/1.1 200 OK\r\n\r\n" + long.prefix(1000))
        #expect(try await send(request(exact.url)).isCut == false)
        let head = try Peer(
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: \(long.prefix(1000))\r\n", count: 80) + "\r\n")
        #expect(await failure(request(head.url))?.kind == .response)
    }

    @Test func interimHeadsFoldedLinesAndTrailers() async throws {
        let peer = try Peer(
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nok\r\n0\r\nX-T: t\r\n\r\n")
        let response = try await send(request(peer.url))
        #expect(response.status == 200 && response.body == Array("ok".utf8))
        #expect(text(response.headers) == ["X-A=a b", "Transfer-Encoding=chunked"])
    }

    @Test(arguments: ["", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
    func brokenAnswers(answer: String) async throws {
        let peer = try Peer(answer)
        let kind = await failure(request(peer.url))?.kind
        #expect(kind == (answer.hasPrefix("hello") ? .response : .closed))
        #expect(peer.requests.count == 1)
    }

    @Test func oneAddressAfterTheOther() async throws {
        let peer = try Peer(Self.ok)
        // Nobody listens on the others.
        #expect(try await send(request(peer.url, ["127.0.0.2", "::1", "127.0.0.1"])).status == 200)
        let refused = await failure(request(peer.url, ["127.0.0.2", "127.0.0.3"]))
        #expect(refused?.kind == .connect && refused?.reason == "Can't connect: Connection refused")
        #expect(await failure(request(peer.url, []))?.kind == .connect)
        #expect(peer.requests.count == 1)
    }

    @Test func timeouts() async throws {
        let peer = try Peer(nil)
        var late = request(peer.url)
        late.timeout = .milliseconds(300)
        let start = ContinuousClock.now
        #expect(await failure(late)?.kind == .timeout)
        #expect(ContinuousClock.now - start < .seconds(5))
        // TLS never comes to stand there.
        var handshake = request("https://127.0.0.1:\(peer.port)/")
        handshake.connectTimeout = .milliseconds(300)
        #expect(await failure(handshake)?.kind == .connectTimeout)
    }

    @Test func cancelledRequestsEndAtOnce() async throws {
        let peer = try Peer(nil)
        try await with { client in
            let request = request(peer.url)
            let task = Task { try await client.send(request) }
            await peer.arrivals(1)
            task.cancel()
            #expect(await task.result.isCancelled)
            let early = Task {
                // Ends with the cancellation.
                try? await Task.sleep(for: .seconds(30))
                return try await client.send(request)
            }
            early.cancel()
            #expect(await early.result.isCancelled)
        }
    }

    @Test func shutdownEndsWhatIsUnderWay() async throws {
        let peer = try Peer(nil)
        try await with { client in
            let request = request(peer.url)
            let tasks = (0..<3).map { _ in Task { try await client.send(request) } }
            await peer.arrivals(3)
            await client.shutdown()
            for task in tasks { #expect(await task.result.isCancelled) }
            #expect(await Task { try await client.send(request) }.result.isCancelled)
        }
    }

    @Test func manyAtATime() async throws {
        let peer = try Peer(Self.ok)
        try await with { client in
            let request = request(peer.url)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 { group.addTask { try await client.send(request).status } }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(peer.requests.count == 60)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "nothing", "http://"])
    func otherURLsAreRefused(url: String) async {
        #expect(await failure(request(url))?.kind == .request, "\(url)")
    }

    @Test func nobodyAddsLinesToAHead() async throws {
        let peer = try Peer(Self.ok)
        for (name, value) in [("X-A", "a\r\nX-B: b"), ("X-A\nX-B", "b"), ("X-A:", "b"), ("", "b"), ("X-A", "a\0")] {
            var request = request(peer.url)
            request.headers = [(name, value)]
            #expect(await failure(request)?.kind == .request)
        }
        var request = request(peer.url)
        request.method = "GET / HTTP/1.1\r\n"
        #expect(await failure(request)?.kind == .request)
        #expect(peer.requests.isEmpty)
    }

    @Test func theEnvironmentsProxyIsNotAsked() async throws {
        let proxy = try Peer(Self.ok)
        let peer = try Peer(Self.ok)
        for name in ["http_proxy", "all_proxy"] { setenv(name, proxy.url, 1) }
        defer { for name in ["http_proxy", "all_proxy"] { unsetenv(name) } }
        _ = try await send(request(peer.url))
        #expect(peer.requests.count == 1 && proxy.requests.isEmpty)
    }

    @Test func certificatesAreVerified() async throws {
        let peer = try await TLSPeer(host: "receiver.example")
        let own = request("https://receiver.example:\(peer.port)/")
        #expect(try await send(own, authorities: peer.certificate).status == 200)
        #expect(await failure(own)?.kind == .certificate)
        let other = request("https://other.example:\(peer.port)/")
        #expect(await failure(other, authorities: peer.certificate)?.kind == .certificate)
        let plain = try Peer(Self.ok)
        #expect(await failure(request("https://127.0.0.1:\(plain.port)/"))?.kind == .tls)
    }
}

extension Result where Success == HTTPClient.Response, Failure == any Error {
    fileprivate var isCancelled: Bool {
        if case .failure(let error) = self { (error as? HTTPClient.Failure)?.kind == .cancelled } else { false }
    }
}
