import Testing

/// Sign-in with a browser, cookies, CSRF (behaviour.md §12.1, §12.3).
@Suite struct SessionTests {
    @Test func signInAndOut() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            let away = try await browser.get("/dashboard?a=b")
            #expect(away.status == 302)
            #expect(away.header("location") == "/login?next=/dashboard%3Fa%3Db")
            let page = try await browser.get("/login?next=/dashboard%3Fa%3Db")
            #expect(page.status == 200)
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.header("content-security-policy")?.contains("default-src 'self'") == true)
            #expect(page.header("cache-control") == "no-store")
            #expect(page.text.contains(#"name="next" value="/dashboard?a=b""#) || page.text.contains("/dashboard?a=b"))

            let wrong = try await browser.post("/login", [("username", "admin"), ("password", "wrong password")])
            #expect(wrong.status == 401)
            let unknown = try await browser.post("/login", [("username", "nobody"), ("password", "wrong password")])
            #expect(unknown.status == 401)
            #expect(unknown.text.contains("User name or password is wrong."))
            #expect(wrong.text.contains("User name or password is wrong."))
            #expect(browser.cookies["session"] == nil)

            let done = try await browser.post(
                "/login", [("username", " Admin "), ("password", TestServer.password), ("next", "/dashboard?a=b")])
            #expect(done.status == 303)
            #expect(done.header("location") == "/dashboard?a=b")
            let cookie = try #require(done.cookie("session"))
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            #expect(!cookie.contains("Max-Age") && !cookie.contains("Secure"))
            #expect(
                try server.sql("select last_login > now() - interval '1 minute' from users where username = 'admin'")
                    == "t")
            let session = try #require(browser.cookies["session"])
            #expect(
                try server.sql("select count(*) from sessions where id_hash = encode(sha256('\(session)'), 'hex')")
                    == "1")

            let home = try await browser.get("/")
            #expect(home.status == 200)
            #expect(home.text.contains(#"href="/admin/api-tokens""#))
            #expect(try await browser.get("/login").header("location") == "/dashboard")

            // Rotated at the next sign-in; the old one is over.
            _ = try await browser.get("/dashboard")
            #expect(
                try await browser.post("/login", [("username", "admin"), ("password", TestServer.password)]).status
                    == 303)
            let rotated = try #require(browser.cookies["session"])
            #expect(rotated != session)
            let old = Browser(server)
            old.setCookie("session", session)
            #expect(try await old.get("/dashboard").status == 302)

            #expect(try await browser.get("/logout").text.contains("Do you want to sign out?"))
            let out = try await browser.post("/logout", [])
            #expect(out.header("location") == "/login")
            #expect(browser.cookies["session"] == nil)
            #expect(try await browser.get("/login").text.contains("You have signed out."))
            old.setCookie("session", rotated)
            #expect(try await old.get("/dashboard").status == 302)
        }
    }

    @Test func csrf() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            _ = try await browser.get("/login")
            let fields = [("username", "admin"), ("password", TestServer.password)]
            let forged = try await browser.post("/login", fields, csrf: "nonsense")
            #expect(forged.status == 303)
            #expect(forged.header("location") == "/login")
            #expect(browser.cookies["session"] == nil)
            #expect(try await browser.get("/login").text.contains("The form had expired."))
            // Another visitor's token is none of ours.
            let other = Browser(server)
            _ = try await other.get("/login")
            _ = try await browser.post("/login", fields, csrf: other.csrfToken)
            #expect(browser.cookies["session"] == nil)

            try await browser.signIn()
            let token = try await browser.get("/auth/csrf-token")
            #expect(token.header("cache-control") == "no-store")
            #expect(token.json["csrf_enabled"].bool == true)
            // Pages have it masked, each in another way; all forms of it count.
            let plain = try #require(token.json["csrf_token"].string)
            let masked = browser.csrfToken
            _ = try await browser.get("/dashboard")
            #expect(Set([plain, masked, browser.csrfToken]).count == 3)
            let dismissal = #"{"latest_version":"9.9.9"}"#
            for form in [plain, masked, browser.csrfToken] {
                #expect(try await browser.json("POST", "/api/version/dismiss", dismissal, csrf: form).status == 200)
            }

            let script = try await browser.json("POST", "/admin/api-tokens/1/toggle", "{}", csrf: "nonsense")
            #expect(script.status == 400)
            #expect(script.json["error"].string == "csrf_token_missing_or_invalid")
            #expect(script.json["error_code"].string == "csrf_token_missing_or_invalid")
            #expect(script.json["success"].bool == false)
            #expect(try await browser.post("/logout", [], csrf: "nonsense").status == 303)
            #expect(try await browser.get("/dashboard").status == 200)
            let bare = try await browser.request("POST", "/api/version/dismiss", type: "application/json", body: "{}")
            #expect(bare.json["error"].string == "csrf_token_missing_or_invalid")
        }
    }

    @Test func unsafeNextAndThrottle() async throws {
        try await TestServer.with(workers: 2) { server in
            let browser = Browser(server)
            _ = try await browser.get("/login?next=//evil.example")
            let reply = try await browser.post(
                "/login",
                [("username", "admin"), ("password", TestServer.password), ("next", "//evil.example")])
            #expect(reply.header("location") == "/dashboard")
            let other = Browser(server)
            _ = try await other.get("/login")
            for _ in 0..<4 {
                #expect(try await other.post("/login", [("username", "x"), ("password", "y")]).status == 401)
            }
            let refused = try await other.post("/login", [("username", "x"), ("password", "y")])
            #expect(refused.status == 429)
            #expect(refused.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
            #expect(refused.header("content-type") == "text/html; charset=utf-8")
        }
    }

    @Test func rememberMeAndSecureCookies() async throws {
        try await TestServer.with(workers: 1, ["PERMANENT_SESSION_LIFETIME": "600"]) { server in
            let browser = Browser(server)
            let reply = try await browser.signIn(remember: true)
            #expect(reply.cookie("session")?.contains("Max-Age=2592000") == true)
            #expect(try server.sql("select expires_at > now() + interval '29 days' from sessions") == "t")
            let plain = Browser(server)
            try await plain.signIn()
            #expect(try server.sql("select count(*) from sessions where expires_at < now() + interval '601 s'") == "1")
            // Over https only cookies with the prefix count.
            let secure = try await browser.request("GET", "/login", headers: ["X-Forwarded-Proto": "https"])
            #expect(secure.status == 200)
            #expect(secure.cookie("__Host-visitor")?.contains("Secure") == true)
            // Over: the session is gone although its cookie lives.
            try server.sql("update sessions set expires_at = now() - interval '1 s'")
            try server.redis("--scan", forEach: "DEL")
            #expect(try await browser.get("/dashboard").status == 302)
        }
    }

    @Test func selfRegistrationPromotionAndForcedChange() async throws {
        try await TestServer.with(workers: 1, ["ADMIN_USERNAMES": "admin, boss"]) { server in
            let browser = Browser(server)
            #expect(try await browser.signIn("newcomer", "long enough 1").status == 401)
            try server.sql("update settings set allow_self_register = true")
            #expect(try await browser.signIn("newcomer", "short").status == 401)
            #expect(try await browser.signIn("newcomer", "long enough 1").status == 303)
            #expect(try server.sql("select role from users where username = 'newcomer'") == "user")
            try server.redis("--scan", forEach: "DEL")
            #expect(try await Browser(server).signIn("boss", "long enough 1").status == 303)
            #expect(try server.sql("select role from users where username = 'boss'") == "admin")

            // Deactivated: out within a second.
            try server.sql("update users set is_active = false where username = 'newcomer'")
            #expect(try await waitAsync(for: 1.6) { try await browser.get("/dashboard").status == 302 })
            #expect(try await browser.signIn("newcomer", "long enough 1").status == 401)

            try server.sql(
                "update users set is_active = true, password_change_required = true where username = 'newcomer'")
            let forced = try await browser.signIn("newcomer", "long enough 1")
            #expect(forced.header("location") == "/password")
            #expect(try await browser.get("/dashboard").header("location") == "/password")
            #expect(try await browser.request("GET", "/api/reports/week-comparison").status == 403)
            let other = Browser(server)
            try await other.signIn("newcomer", "long enough 1")
            try server.redis("--scan", forEach: "DEL")
            _ = try await browser.get("/password")
            // Who leaves the current one out has not guessed, however often.
            for _ in 0..<6 {
                let empty = try await browser.post(
                    "/password", [("current_password", ""), ("password", "x"), ("confirm", "y")])
                #expect(empty.status == 422 && empty.text.contains("Enter your current password."))
            }
            let weak = try await browser.post(
                "/password", [("current_password", "wrong"), ("password", "x"), ("confirm", "y")])
            #expect(weak.status == 422)
            #expect(weak.text.contains("This is not your current password."))
            let changed = try await browser.post(
                "/password",
                [("current_password", "long enough 1"), ("password", "long enough 2"), ("confirm", "long enough 2")])
            #expect(changed.header("location") == "/dashboard")
            #expect(try await browser.get("/dashboard").text.contains("Your password has been changed."))
            // Other browsers of that user are signed out.
            #expect(try await other.get("/dashboard").header("location")?.hasPrefix("/login") == true)
        }
    }

    @Test func sessionsOutliveRedis() async throws {
        let redis = try PrivateRedis()
        defer { redis.kill() }
        try await TestServer.with(workers: 2, ["REDIS_URL": redis.url]) { server in
            let before = Browser(server)
            try await before.signIn()
            redis.kill()
            // Known from before, and made while Redis is away.
            #expect(try await waitAsync(for: 10) { try await before.get("/dashboard").status == 200 })
            let during = Browser(server)
            #expect(try await during.signIn().status == 303)
            for _ in 0..<4 { #expect(try await during.get("/dashboard").status == 200) }
            try redis.start()
            #expect(try await waitAsync(for: 30) { try await server.get("/_ready", token: "").json["redis"].isNull })
            #expect(try await during.get("/dashboard").status == 200)
            _ = try await during.get("/logout")
            _ = try await during.post("/logout", [])
            #expect(try await during.get("/dashboard").status == 302)
        }
    }

    @Test func withoutRedis() async throws {
        try await TestServer.with(workers: 2, ["REDIS_ENABLED": "false"]) { server async throws in
            let browser = Browser(server)
            #expect(try await browser.signIn().status == 303)
            for _ in 0..<4 { #expect(try await browser.get("/dashboard").status == 200) }
            #expect(try await browser.request("GET", "/api/stats/value-dashboard").status == 200)
        }
    }

    /// Somebody may know the old password, and be in.
    @Test func anAdministratorsNewPasswordEndsTheSessions() async throws {
        try await TestServer.with(workers: 1, ["REDIS_ENABLED": "false"]) { server async throws in
            try server.cli("user", "create", "ann", "--password", TestServer.password)
            let (ann, admin) = (Browser(server), Browser(server))
            try await ann.signIn("ann")
            try await admin.signIn()
            #expect(try await ann.get("/dashboard").status == 200)
            try server.cli("user", "set-password", "ann", "--password", "quite another 1")
            #expect(try await ann.get("/dashboard").header("location")?.hasPrefix("/login") == true)
            #expect(try await admin.get("/dashboard").status == 200)
        }
    }

    @Test func pagesForErrors() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            let missing = try await browser.get("/no/such/page")
            #expect(missing.status == 404)
            #expect(missing.header("content-type") == "text/html; charset=utf-8")
            #expect(try await browser.request("GET", "/api/nothing").json["error_code"].string == "not_found")
            let page = try await browser.get("/login")
            let match = try #require(page.text.firstMatch(of: /href="(\/static\/app\.[0-9a-f]{12}\.css)"/))
            let css = try await browser.request("GET", String(match.1))
            #expect(css.status == 200)
            #expect(css.header("content-type") == "text/css; charset=utf-8")
            #expect(css.header("cache-control")?.contains("immutable") == true)
            let attack = try await browser.post(
                "/login", [("username", "<script>alert(1)</script>"), ("password", "p")])
            #expect(!attack.text.contains("<script>alert"))
            #expect(try await browser.request("DELETE", "/login").status == 405)
        }
    }
}
