import Testing

@testable import TimeTracker

/// The device cookie, the setup code and whose pages may ask for changes.
@Suite struct SignInPartsTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    @Test func devicesAreKnownToTheirAccountsOnly() throws {
        let devices = DeviceCookie(secretKey: Self.secret)
        let first = devices.value(nil, adding: "ann")
        let id = try #require(devices.device(first, of: "ann"))
        #expect(devices.device(first, of: "bob") == nil)
        let both = devices.value(first, adding: "bob")
        #expect(devices.device(both, of: "ann") == id && devices.device(both, of: "bob") == id)
        // Once more is no change, and the oldest of six goes.
        #expect(devices.value(both, adding: "bob") == both)
        let many = ["c", "d", "e", "f"].reduce(both) { devices.value($0, adding: $1) }
        #expect(devices.device(many, of: "ann") == nil && devices.device(many, of: "bob") == id)
        #expect(many.utf8.count < 200)
        #expect(DeviceCookie(secretKey: "another key of thirty-two chars!").device(first, of: "ann") == nil)
    }

    @Test func aChangeOfKeysForgetsNoDevice() throws {
        let (old, new) = (Self.secret, "another key of thirty-two chars!")
        let cookie = DeviceCookie(secretKey: old).value(nil, adding: "ann")
        let devices = DeviceCookie(secretKey: new, previous: old)
        #expect(devices.device(cookie, of: "ann") != nil)
        #expect(devices.device(cookie, of: "bob") == nil)
        // The next sign-in signs with the new key, in the old one's place.
        let signed = devices.value(cookie, adding: "ann")
        #expect(signed.utf8.count == cookie.utf8.count)
        #expect(DeviceCookie(secretKey: new).device(signed, of: "ann") == devices.device(cookie, of: "ann"))
    }

    @Test func devicesCanNotBeForged() {
        let devices = DeviceCookie(secretKey: Self.secret)
        let mine = devices.value(nil, adding: "mallory")
        let other = devices.value(nil, adding: "ann")
        let signature = other.split(separator: ".")[1]
        for forged in [
            "", ".", "x", "\(mine).\(signature)", String(mine.dropLast()), mine + ".",
            String(repeating: "a", count: 22),
            String(repeating: "A", count: 22) + "." + signature, String(repeating: "é", count: 22),
            String(repeating: "a", count: 100_000),
        ] {
            #expect(devices.device(forged, of: "ann") == nil)
        }
        #expect(devices.device(nil, of: "ann") == nil)
        // What is no device cookie is replaced by a new one.
        #expect(devices.device(devices.value("junk", adding: "ann"), of: "ann") != nil)
    }

    @Test func setupCodes() {
        let code = "7K0QX-1ABCD"
        for typed in ["7K0QX-1ABCD", " 7k0qx1abcd ", "7KOQX-IABCD", "7kOqx lAbcd"] {
            #expect(SetupCode.matches(typed, code), "\(typed)")
        }
        for typed in [
            "", "-", "7K0QX", "7K0QX-1ABCE", "7K0QX-1ABCDE", String(repeating: " ", count: 100), "7K0QX-1ABC\u{212A}",
        ] {
            #expect(!SetupCode.matches(typed, code), "\(typed)")
        }
    }

    @Test func originsAndHosts() {
        func isSame(_ origin: String, _ host: String) -> Bool {
            OwnOrigin.isSame(origin: origin[...].utf8, host: host[...].utf8)
        }
        #expect(isSame("https://tt.example", "tt.example") && isSame("http://TT.example:8080", "tt.EXAMPLE:8080"))
        #expect(isSame("http://[::1]:8080", "[::1]:8080") && isSame("http://[::1]:8080", "[::1]"))
        // nginx's $host has no port.
        #expect(isSame("http://tt.example:8080", "tt.example"))
        for (origin, host) in [
            ("https://evil.example", "tt.example"), ("https://a.tt.example", "tt.example"),
            ("https://tt.example.evil.example", "tt.example"), ("http://tt.example:81", "tt.example:80"),
            ("null", "tt.example"), ("", "tt.example"), ("https://", ""), ("tt.example", "tt.example"),
            ("https://tt.example", ""),
        ] {
            #expect(!isSame(origin, host), "\(origin) \(host)")
        }
    }

    @Test func emptySegments() {
        for path in ["//", "//login", "/api//v1", "/login//", "///"] { #expect(RequestTarget.hasEmptySegment(path)) }
        for path in ["", "/", "/login", "/login/", "/a/b/c/", "*"] { #expect(!RequestTarget.hasEmptySegment(path)) }
    }

    @Test func cookieNames() {
        #expect(Cookies.name("session", isSecure: true) == "__Host-session")
        #expect(Cookies.name("session", isSecure: false) == "session")
    }
}
