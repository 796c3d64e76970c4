import Testing

/// Cookies that nobody else can plant, and forms that no other site can send.
@Suite struct BrowserProtectionTests {
    private static let https = ["X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"]
    private static let credentials = [("username", "admin"), ("password", TestServer.password)]

    @Test func cookiesOverHTTPSBelongToThisHost() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server, host: "tt.example", headers: Self.https)
            let page = try await browser.get("/login")
            let visitor = try #require(page.cookie("__Host-visitor"))
            #expect(visitor.contains("Secure") && visitor.contains("Path=/;") && !visitor.contains("Domain"))
            let reply = try await browser.post("/login", Self.credentials)
            #expect(reply.status == 303)
            for name in ["session", "device"] {
                let cookie = try #require(reply.cookie("__Host-\(name)"))
                #expect(cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
                #expect(reply.cookie(name) == nil)
            }
            #expect(try await browser.get("/dashboard").status == 200)

            // The same session under the plain name is none, as somebody else may have set it.
            let session = try #require(browser.cookies["__Host-session"])
            let victim = Browser(server, host: "tt.example", headers: Self.https)
            victim.setCookie("session", session)
            #expect(try await victim.get("/dashboard").status == 302)
            let signedOut = try await browser.post("/logout", [])
            #expect(signedOut.cookie("__Host-flash") != nil)
            #expect(try await browser.get("/login").text.contains("You have signed out."))

            let plain = Browser(server)
            try await plain.signIn()
            #expect(plain.cookies.keys.sorted() == ["device", "session", "visitor"])
            #expect(try await plain.get("/dashboard").status == 200)
        }
    }

    /// A sibling host plants its own visitor cookie, whose token it knows, and has the victim sign in as somebody else.
    @Test func aPlantedVisitorCookieIsNoUse() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let attacker = Browser(server, host: "tt.example", headers: Self.https)
            _ = try await attacker.get("/login")
            let planted = try #require(attacker.cookies["__Host-visitor"])
            let victim = Browser(server, host: "tt.example", headers: Self.https)
            victim.setCookie("visitor", planted)
            let reply = try await victim.post("/login", Self.credentials, csrf: attacker.csrfToken)
            #expect(reply.header("location") == "/login")
            #expect(victim.cookies["__Host-session"] == nil)
        }
    }

    @Test func formsOfOtherSitesAreRefused() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            func post(_ headers: [String: String], _ path: String = "/login") async throws -> Int {
                let browser = Browser(server, host: "tt.example:8080", headers: headers)
                _ = try await browser.get("/login")
                return try await browser.post(path, [("username", "nobody"), ("password", "wrong password")]).status
            }
            let address = ["X-Forwarded-For": "203.0.113.1"]
            for (name, value) in [
                ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "junk"),
                ("Origin", "https://evil.example"), ("Origin", "https://a.tt.example:8080"), ("Origin", "null"),
                ("Origin", "http://tt.example:81"), ("Origin", "tt.example:8080"),
            ] {
                #expect(try await post(address.merging([name: value]) { $1 }) == 403, "\(name): \(value)")
                #expect(try await post(address.merging([name: value]) { $1 }, "/logout") == 403, "\(name): \(value)")
            }
            for headers in [
                ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none", "Origin": "null"],
                ["Origin": "http://tt.example:8080"], ["Origin": "https://TT.example:8080"],
                // A proxy that asks us by another name says by which name it was asked.
                ["Origin": "https://front.example", "X-Forwarded-Host": "front.example"],
            ] {
                #expect(try await post(address.merging(headers) { $1 }) == 401, "\(headers)")
            }
        }
    }

    @Test func scriptsOfOtherSitesAreRefused() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            let browser = Browser(server)
            try await browser.signIn()
            let other = ["X-CSRFToken": browser.csrfToken, "Sec-Fetch-Site": "cross-site"]
            let dismissal = #"{"latest_version":"9.9.9"}"#
            let refused = try await browser.request(
                "POST", "/api/version/dismiss", type: "application/json", body: dismissal, headers: other)
            #expect(refused.status == 403 && refused.json["error_code"].string == "forbidden")
            #expect(try await browser.json("POST", "/api/version/dismiss", dismissal).status == 200)
            // A token is no cookie: whoever has it may come from anywhere.
            let byToken = try await server.post(
                "/api/version/dismiss", dismissal, headers: ["Origin": "https://app.example"])
            #expect(byToken.status == 200)
            let read = try await browser.request("GET", "/api/stats/value-dashboard", headers: other)
            #expect(read.status == 200)
        }
    }

    /// Our own forms say where they come from only if the policy lets them.
    @Test func pagesLetTheirFormsNameTheirOrigin() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            #expect(try await Browser(server).get("/login").header("referrer-policy") == "same-origin")
        }
    }
}
