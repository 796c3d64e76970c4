import Testing

@testable import TimeTracker

/// Cookies, CSRF tokens, paths and forms (behaviour.md §12.2).
struct WebPartsTests {
    @Test(arguments: ["/", "/dashboard", "/a/b?c=d&e=%2F", "/a//b", "/login?next=/x"])
    func safeNext(path: String) {
        #expect(LocalPath.checked(path) == path)
    }

    @Test(arguments: [
        "", "dashboard", "//evil.example", "/\\evil.example", "/a\\b", "https://evil.example", "/a\r\nSet-Cookie: a=b",
        "/\t/evil.example", "javascript:alert(1)", "/a b", "/ü", " /a", "/" + String(repeating: "a", count: 2000),
    ])
    func unsafeNext(path: String) {
        #expect(LocalPath.checked(path) == nil)
    }

    @Test func loginPath() {
        #expect(LocalPath.login(next: "/") == "/login")
        #expect(LocalPath.login(next: "/a?b=c&d") == "/login?next=/a%3Fb%3Dc%26d")
        #expect(LocalPath.checked(PercentEncoding.decode("/a%3Fb%3Dc%26d")?.unchecked) == "/a?b=c&d")
    }

    @Test func cookieValues() {
        let headers: RequestHeaders = ["cookie": "a=1; session=abc=; xsession=no", "Cookie": "b=\"2\";c"]
        #expect(Cookies(headers)["a"] == "1")
        #expect(Cookies(headers)["session"] == "abc=")
        #expect(Cookies(headers)["b"] == "2")
        #expect(Cookies(headers)["c"] == nil)
        #expect(Cookies(headers)["Session"] == nil)
        #expect(
            Cookies.set("s", "v", maxAge: 60, isSecure: true)
                == "s=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure")
        #expect(Cookies.set("s", "v", maxAge: nil, isSecure: false) == "s=v; Path=/; HttpOnly; SameSite=Lax")
    }

    /// A head may be full of them, and a page asks for several.
    @Test func manyCookiesAreTakenApartOnce() {
        let filler = String(repeating: "a=;", count: 20_000)
        let headers: RequestHeaders = ["cookie": filler + " session = x ;csrf=\"y\"", "cookie": "session=z; later=1"]
        let start = ContinuousClock.now
        let cookies = Cookies(headers)
        for _ in 0..<50 {
            #expect(cookies["session"] == "x")
            #expect(cookies["csrf"] == "y" && cookies["later"] == "1" && cookies["none"] == nil)
        }
        // Splitting the field for each took some seconds.
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(Cookies(["cookie": ";;=;= ; =x;b"])[""] == "")
        #expect(Cookies(.none)["a"] == nil)
    }

    @Test func sessionIDs() throws {
        let plain = SessionID(isRemembered: false)
        let kept = SessionID(isRemembered: true)
        #expect(plain.text.count == 43)
        #expect(plain != SessionID(isRemembered: false))
        #expect(try #require(SessionID(cookie: RawText(kept.text))).isRemembered)
        #expect(try !#require(SessionID(cookie: RawText(plain.text))).isRemembered)
        // The mark can't be added by the client: it makes another session.
        #expect(SessionID(cookie: RawText(plain.text + ".r"))?.hash != plain.hash)
        for junk in ["", "abc", plain.text + "x", String(repeating: "é", count: 43), plain.text + ".x"] {
            #expect(SessionID(cookie: RawText(junk)) == nil)
        }
    }

    @Test func base64() {
        #expect(Base64URL.encode([]) == "")
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.encode(Array("hello".utf8)) == "aGVsbG8")
    }

    @Test func csrf() {
        let csrf = CSRFToken(secretKey: "0123456789abcdef0123456789abcdef")
        let visitor = CSRFToken.newVisitor()
        let token = csrf.token(visitor: visitor)
        #expect(CSRFToken.isVisitor(RawText(visitor)))
        #expect(CSRFToken.matches(RawText(token), token))
        #expect(!CSRFToken.matches(RawText(csrf.token(visitor: CSRFToken.newVisitor())), token))
        #expect(!CSRFToken.matches(RawText(String(token.dropLast())), token))
        #expect(!CSRFToken.matches(nil, token))
        #expect(!CSRFToken.matches("", ""))
        let masked = CSRFToken.masked(token)
        #expect(masked.utf8.count == 2 * token.utf8.count)
        #expect(masked != CSRFToken.masked(token))
        #expect(CSRFToken.matches(RawText(masked), token))
        #expect(!CSRFToken.matches(RawText(masked), csrf.token(visitor: CSRFToken.newVisitor())))
        #expect(!CSRFToken.matches(RawText(masked.dropLast() + "*"), token))
        let next = CSRFToken(
            secretKey: "another key of thirty-two chars!", previous: "0123456789abcdef0123456789abcdef")
        #expect(next.token(visitor: visitor) != token)
        #expect(next.formerToken(visitor: visitor) == token)
        #expect(csrf.formerToken(visitor: visitor) == nil)
    }

    @Test func sessionRecord() {
        let record = SessionStore.Record(userID: 7, csrfSecret: "abc")
        #expect(SessionStore.decode(SessionStore.encode(record)) == record)
        #expect(SessionStore.decode("junk") == nil)
    }

    @Test func forms() throws {
        let form = try FormBody("a=1+2&b=%C3%BC&scopes=x&scopes=y&on=on&n=99&&empty=")
        #expect(form.text("a") == "1 2")
        #expect(form.text("b") == "ü")
        #expect(form.all("scopes") == ["x", "y"])
        #expect(form.isChecked("on"))
        #expect(!form.isChecked("a"))
        #expect(form.clamped("n", 1...60, or: 1) == 60)
        #expect(form.clamped("b", 1...60, or: 1) == 1)
        #expect(form.text("absent") == nil)
        #expect(form.text("empty") == "")
    }

    @Test(arguments: ["nul=%00", "bad=%FF", "%FF=bad", "marks=a" + String(repeating: "%CC%81", count: 31)])
    func formsWithoutText(_ body: String) {
        #expect(throws: APIError.self) { try FormBody(RawText(body)) }
    }

    @Test func formsWithTooManyFields() throws {
        #expect(throws: APIError.self) { try FormBody(RawText(String(repeating: "a&", count: 1001))) }
        _ = try FormBody(RawText(String(repeating: "a&", count: 900)))
    }

    @Test func setupForm() throws {
        let form = SetupForm(
            try FormBody("username=+Boss+&password=long+enough&confirm=long+enough&currency=chf&date_format=x"))
        #expect(form.errors.isEmpty)
        #expect(form.username == "boss")
        #expect(form.currency == "CHF")
        #expect(form.timezone == "UTC")
        #expect(form.dateFormat == "YYYY-MM-DD")
        #expect(form.preset == .everything)
        #expect(SetupForm.Preset.solo.disabledModules == #"["quotes","inventory"]"#)
        #expect(SetupForm.Preset.everything.disabledModules == "[]")
        let phone = String(repeating: "1", count: 51)
        let bad = SetupForm(
            try FormBody(
                RawText("username=a+b&password=short&confirm=x&currency=EURO&company_phone=\(phone)")))
        #expect(Set(bad.errors.keys) == ["username", "password", "currency", "company_phone"])
    }

    @Test func tokenForm() throws {
        let json = try JSONValue.parse(#"{"name":" n ","user_id":"7","scopes":["read:*"],"expires_days":null}"#)
        let form = TokenForm(json)
        #expect(form.errors.isEmpty)
        #expect(form.name == "n")
        #expect(form.userID == 7)
        let bad = TokenForm(try JSONValue.parse(#"{"expires_days":0,"allowed_ips":"10.0.0.0/33"}"#))
        for field in ["name", "user_id", "scopes", "expires_days", "allowed_ips"] { #expect(bad.errors[field] != nil) }
    }

    @Test func changePercent() {
        func change(_ current: Int64, _ last: Int64) -> Int64? {
            WeekComparison(
                current: .init(days: [DayHours(day: 0, seconds: current)]),
                last: .init(days: [DayHours(day: 0, seconds: last)])
            ).changeTenths
        }
        #expect(change(66_600, 79_200) == -159)
        #expect(change(36_000, 36_000) == 0)
        #expect(change(36_000, 0) == nil)
        #expect(change(0, 36_000) == -1000)
        #expect(change(7_200, 10_800) == -333)
    }

    @Test func textIsEscapedByBytes() {
        let mark = "\u{301}"
        for (text, escaped) in [
            ("a", "a"), ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"), ("\"\(mark)", "&quot;\(mark)"),
            ("<\(mark)>", "&lt;\(mark)&gt;"),
            ("ä\u{1F600}", "ä\u{1F600}"), ("", ""),
        ] {
            // By bytes here too: characters are what hides the difference.
            var html = HTMLWriter(capacity: 1)
            html.text(text)
            #expect(Array(html.finish().description.utf8) == Array(escaped.utf8), "\(text)")
        }
    }

    /// What is put into a template as it is has been written by `HTMLWriter` or by another template.
    @Test func onlyMarkupStandsBetweenThreeBraces() {
        for (name, bytes) in PageTemplates.sources {
            let text = String(decoding: bytes, as: UTF8.self)
            for match in text.matches(of: /\{\{\{([^}]*)\}\}\}/) {
                #expect(match.1.hasSuffix("_html"), "\(name): \(match.1)")
            }
            #expect(!text.contains("{{&"), "\(name)")
        }
    }
}
