import Testing

@testable import TimeTracker

struct WebhookTargetTests {
    private func refusal(_ url: String, allowsPrivate: Bool = false) -> WebhookTarget.Refusal? {
        do throws(WebhookTarget.Refusal) {
            _ = try WebhookTarget(url, reachesPrivateNetworks: allowsPrivate)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("https://example.com/hook", "example.com", 443), ("http://example.com", "example.com", 80),
        ("HTTPS://Example.com:8443/a?b=c", "Example.com", 8443), ("http://8.8.8.8:1024/", "8.8.8.8", 1024),
        ("https://[2606:4700::1111]/x", "2606:4700::1111", 443),
        ("http://a.example.org:65535/#f", "a.example.org", 65_535),
    ])
    func accepted(url: String, host: String, port: Int) throws {
        let target = try WebhookTarget(url, reachesPrivateNetworks: false)
        #expect(target.host == host && target.port == port)
    }

    @Test func whatMayNotStandInARequestLineIsEncoded() throws {
        let target = try WebhookTarget("http://example.com/a|b%20{c}?d=\"e\"", reachesPrivateNetworks: false)
        #expect(target.url == "http://example.com/a%7Cb%20%7Bc%7D?d=%22e%22")
    }

    @Test(arguments: [
        "", "example.com", "/hook", "ftp://example.com/", "http://", "http:///x", "https://exa mple.com/",
        "https://example.com/\n", "http://ex\\ample.com/", "javascript:alert(1)", "http://example.com:99999/",
        "http://%31%32%37.0.0.1%2f/", "http://bücher.example/",
    ])
    func invalid(url: String) {
        #expect(refusal(url) != nil, "\(url)")
    }

    @Test func credentialsAndPorts() {
        #expect(refusal("https://u@example.com/") == .credentials)
        #expect(refusal("https://u:p@example.com/") == .credentials)
        #expect(refusal("http://example.com:22/") == .port)
        #expect(refusal("http://example.com:1023/", allowsPrivate: true) == .port)
        #expect(refusal("https://example.com:80/") == nil)
    }

    @Test(arguments: [
        "http://localhost/", "http://localhost.:8080/", "http://a.localhost/", "http://printer.local/",
        "http://metadata.google.internal/", "http://intranet/", "http://127.0.0.1:8080/", "http://127.1:8080/",
        "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/",
        "http://192.168.0.1/", "http://[fd00::1]:8080/",
    ])
    func localHostsNeedTheOverride(url: String) {
        #expect(refusal(url) == .localHost, "\(url)")
        #expect(refusal(url, allowsPrivate: true) == nil, "\(url)")
    }
}
