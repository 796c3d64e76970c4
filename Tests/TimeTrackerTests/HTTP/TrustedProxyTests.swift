import Testing

@testable import TimeTracker

/// Whose `X-Forwarded-*` fields count.
@Suite struct TrustedProxyTests {
    private static let standard = "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7"

    private func origin(
        _ peer: String, _ forwarded: String, hops: Int = 1, networks: String = standard, _ more: [(String, String)] = []
    ) -> ClientOrigin {
        let proxies = TrustedProxies(networks: networks, hops: hops)
        let lines = forwarded.isEmpty ? more : more + [("X-Forwarded-For", forwarded)]
        let standing = IPAddress(peer).map { proxies.standing(of: $0) } ?? .unixSocket
        return proxies.origin(peer: peer, standing, RequestHeaders(lines))
    }

    @Test func theHeaderCountsFromTrustedPeersOnly() {
        for peer in ["127.0.0.1", "::1", "10.9.9.9", "172.31.0.1", "192.168.7.7", "fd00::1", "::ffff:10.0.0.1"] {
            #expect(origin(peer, "203.0.113.7").address == "203.0.113.7", "\(peer)")
        }
        for peer in ["203.0.113.1", "172.32.0.1", "2001:db8::1", "11.0.0.1", "fe80::1"] {
            #expect(origin(peer, "203.0.113.7").address == peer)
            #expect(!origin(peer, "", [("X-Forwarded-Proto", "https")]).isSecure)
        }
        #expect(origin("127.0.0.1", "203.0.113.7", networks: "").address == "127.0.0.1")
        #expect(origin("192.0.2.1", "203.0.113.7", networks: "192.0.2.1").address == "203.0.113.7")
    }

    @Test func hopsAreBelievedWhileTheyAreTrusted() {
        func address(_ forwarded: String, _ hops: Int) -> String { origin("127.0.0.1", forwarded, hops: hops).address }
        #expect(address("1.1.1.1, 2.2.2.2", 1) == "2.2.2.2")
        // 2.2.2.2 is nobody's proxy: what it says of 1.1.1.1 is worth nothing.
        #expect(address("1.1.1.1, 2.2.2.2", 2) == "2.2.2.2")
        #expect(address("1.1.1.1, 10.0.0.2", 2) == "1.1.1.1" && address("1.1.1.1, 10.0.0.2", 1) == "10.0.0.2")
        #expect(address("6.6.6.6, 1.1.1.1, 10.0.0.3, 10.0.0.2", 16) == "1.1.1.1")
        #expect(address("10.0.0.3, 10.0.0.2", 16) == "10.0.0.3")
        #expect(address("1.1.1.1", 0) == "127.0.0.1" && address("", 1) == "127.0.0.1")
    }

    @Test func junkIsNoAddress() {
        func address(_ forwarded: String, _ hops: Int = 1) -> String {
            origin("127.0.0.1", forwarded, hops: hops).address
        }
        for junk in ["junk", "unknown", "1.1.1.1 2.2.2.2", "[::1", "1.1.1", "_hidden", "1.1.1.1:x:y", "á̧"] {
            #expect(address(junk) == "127.0.0.1", "\(junk)")
            #expect(address("\(junk), 10.0.0.2", 2) == "10.0.0.2")
        }
        #expect(address(" , ,,") == "127.0.0.1")
        #expect(address("3.3.3.3,, ,") == "3.3.3.3")
        #expect(address("[2001:DB8:0::1]:443") == "2001:db8::1" && address("3.3.3.3:99") == "3.3.3.3")
        #expect(address("2001:db8::1") == "2001:db8::1" && address("::ffff:3.3.3.3") == "3.3.3.3")
        // A zone of any length must not reach the columns that addresses are written to.
        #expect(address("fe80::1%\(String(repeating: "z", count: 60))") == "fe80::1")
        #expect(address("fe80::1%\(String(repeating: "z", count: 6000))") == "127.0.0.1")
    }

    @Test func linesAreOneList() {
        let headers = [("x-forwarded-for", "1.1.1.1"), ("X-Forwarded-For", "10.0.0.2, 10.0.0.3")]
        #expect(origin("127.0.0.1", "", hops: 3, headers).address == "1.1.1.1")
    }

    @Test func theSchemeIsToldByTheProxyThatTheClientReached() {
        func isSecure(_ scheme: String, _ forwarded: String = "1.1.1.1", hops: Int = 1) -> Bool {
            origin("127.0.0.1", forwarded, hops: hops, [("X-Forwarded-Proto", scheme)]).isSecure
        }
        #expect(isSecure("https") && isSecure("HTTPS") && isSecure("https", ""))
        #expect(!isSecure("http") && !isSecure("httpss") && !isSecure("") && !isSecure("https", hops: 0))
        #expect(!isSecure("https, http") && isSecure("http, https"))
        #expect(isSecure("https, http", "1.1.1.1, 10.0.0.2", hops: 2))
        #expect(!isSecure("https, http, http", "1.1.1.1, 10.0.0.2", hops: 2))
    }

    @Test func onlyWhoIsHereIsLocal() {
        #expect(origin("127.0.0.1", "").isLocal && origin("::1", "").isLocal)
        #expect(origin("127.0.0.1", "127.0.0.1").isLocal)
        #expect(!origin("127.0.0.1", "203.0.113.7").isLocal && !origin("10.0.0.1", "").isLocal)
        // A proxy that isn't believed, one that is not the last, one that speaks another language.
        #expect(!origin("127.0.0.1", "203.0.113.7", networks: "").isLocal)
        #expect(!origin("127.0.0.1", "203.0.113.7, 127.0.0.1").isLocal)
        #expect(!origin("127.0.0.1", "junk").isLocal)
        #expect(!origin("127.0.0.1", "", [("Forwarded", "for=203.0.113.7")]).isLocal)
        let proxies = TrustedProxies(networks: "", hops: 1)
        #expect(!proxies.origin(peer: "127.0.0.1", .unixSocket, [:]).isLocal)
        let forwarded = proxies.origin(
            peer: "127.0.0.1", .unixSocket, RequestHeaders([("X-Forwarded-For", "203.0.113.7")]))
        #expect(forwarded.address == "203.0.113.7" && forwarded.isCertain)
    }

    /// 64 KiB is all that a request's fields may hold.
    @Test(arguments: [",", " ", "1", ", ", "\u{301}", "1.1.1.1,"])
    func costGrowsWithLength(part: String) {
        let clock = ContinuousClock()
        func time(_ length: Int) -> Duration {
            let text = String(repeating: part, count: length / part.utf8.count)
            return (0..<5).map { _ in clock.measure { _ = origin("127.0.0.1", text, hops: 16) } }.min() ?? .zero
        }
        _ = time(1024)
        #expect(time(64 * 1024) < .milliseconds(5), "\(part)")
    }

    @Test func clientsOfOneNetworkAreOne() {
        #expect(IPAddress.client(of: "2001:db8:0:1::1") == IPAddress.client(of: "2001:db8:0:1:ffff::9"))
        #expect(IPAddress.client(of: "2001:db8:0:1::1") != IPAddress.client(of: "2001:db8:0:2::1"))
        #expect(IPAddress.client(of: "::ffff:10.0.0.1") == IPAddress.client(of: "10.0.0.1"))
        #expect(IPAddress.client(of: "10.0.0.1") != IPAddress.client(of: "10.0.0.2"))
        #expect(IPAddress.client(of: "junk") == "junk")
    }

    @Test(arguments: ["localhost", "LocalHost:8080", "a.localhost", "127.0.0.1:80", "127.9.9.9", "[::1]:8080", "[::1]"])
    func loopbackHosts(host: String) {
        #expect(LoopbackHost.isOne(host))
    }

    @Test(arguments: [
        "", "test", "localhost.evil.example", "notlocalhost", "10.0.0.1", "[::2]:80", "::1.example", ":80",
    ])
    func otherHosts(host: String) {
        #expect(!LoopbackHost.isOne(host))
    }
}
