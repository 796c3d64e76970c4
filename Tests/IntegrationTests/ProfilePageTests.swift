import Foundation
import Testing

/// `/profile` (behaviour.md §12.21), as a browser without scripts meets it.
@Suite struct ProfilePageTests {
    private static let home = "/profile"

    @Test func ownSettings() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try server.makeUser("ann", role: "viewer")
            let browser = Browser(server)
            #expect(try await browser.get(Self.home).header("location") == "/login?next=/profile")
            try await browser.signIn("ann", TestServer.password)
            #expect(try await browser.get(Self.home).status == 200)
            let good = [
                ("full_name", "<i>Ann"), ("email", "ann@example.org"), ("timezone", "America/New_York"),
                ("date_format", "DD/MM/YYYY"), ("time_format", "12h"), ("week_start_day", "0"),
                ("time_rounding_minutes", "15"), ("time_rounding_method", "up"), ("asks_when_idle", "on"),
                ("theme", "dark"), ("standard_hours_per_day", "7,5"),
            ]
            #expect(try await browser.post(Self.home, good).header("location") == Self.home)
            let stored = """
                select full_name, email, timezone, date_format, time_format, week_start_day, time_rounding_enabled,
                    time_rounding_minutes, time_rounding_method, asks_when_idle, theme, standard_hours_per_day, role
                from users where username = 'ann'
                """
            let expected = "<i>Ann|ann@example.org|America/New_York|DD/MM/YYYY|12h|0|f|15|up|t|dark|7.5|viewer"
            #expect(try server.sql(stored) == expected)
            let shown = try await browser.get(Self.home).text
            #expect(shown.contains("Your profile has been saved.") && shown.contains("&lt;i&gt;Ann"))
            #expect(shown.contains(#"<html lang="en" data-theme="dark">"#))
            for (field, value) in [
                ("timezone", "Mars"), ("date_format", "x"), ("time_format", "x"), ("week_start_day", "7"),
                ("week_start_day", "x"), ("time_rounding_minutes", "0"), ("time_rounding_method", "sideways"),
                ("email", "ann"), ("email", "a b@example.org"), ("theme", "pink"), ("standard_hours_per_day", "0.4"),
                ("standard_hours_per_day", "24.5"), ("standard_hours_per_day", "0x10"),
                ("timezone", String(repeating: "x", count: 51)), ("full_name", String(repeating: "x", count: 201)),
            ] {
                let refused = try await browser.post(Self.home, [(field, value)] + good.filter { $0.0 != field })
                #expect(refused.status == 422 && refused.text.contains("id=\"e-\(field)\""), "\(field)=\(value)")
            }
            #expect(try server.sql(stored) == expected)
        }
    }

    @Test func ownSessionsAreSeenAndEnded() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try server.makeUser("ann")
            let browsers = (0..<4).map { _ in Browser(server) }
            for browser in browsers { try await browser.signIn("ann", TestServer.password) }
            try server.sql(
                """
                update sessions set ip_address = '192.0.2.7', user_agent = 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0'
                where user_id <> 1 and id_hash = (select max(id_hash) from sessions where user_id <> 1)
                """)
            let admin = Browser(server)
            try await admin.signIn()
            let foreign = try server.sql("select id_hash from sessions where user_id = 1")
            let page = try await browsers[0].get(Self.home).text
            let hashes = page.matches(of: /name="session" value="([0-9a-f]{64})"/).map { String($0.1) }
            #expect(page.contains("192.0.2.7") && page.contains("Firefox on Windows"))
            #expect(hashes.count == 3 && !hashes.contains(foreign) && page.contains("This browser"))
            func post(_ path: String, _ fields: [(String, String)] = []) async throws {
                #expect(try await browsers[0].post(Self.home + path, fields).header("location") == Self.home)
            }
            try await post("/sessions/end", [("session", foreign)])
            #expect(try await browsers[0].get(Self.home).text.contains("has ended already"))
            #expect(try await admin.get("/dashboard").status == 200)
            try await post("/sessions/end", [("session", hashes[0])])
            #expect(try server.sql("select count(*) from sessions where user_id <> 1") == "3")
            var alive = 0
            for browser in browsers where try await browser.get("/dashboard").status == 200 { alive += 1 }
            #expect(alive == 3)
            _ = try await browsers[0].get(Self.home)
            try await post("/sessions/end-others")
            for browser in browsers.dropFirst() { #expect(try await browser.get("/dashboard").status == 302) }
            #expect(try await browsers[0].get(Self.home).text.contains("All your other sessions have ended."))
            #expect(try await admin.get("/dashboard").status == 200)
        }
    }

    /// A session is noted as in use every few minutes, by a statement that its request doesn't wait for.
    @Test func whenASessionWasLastSeen() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            let first = try server.sql("select last_seen_at is null, ip_address, user_agent from sessions")
            #expect(first.hasPrefix("t|127.0.0.1|"))
            try server.redis("--scan", forEach: "DEL")
            #expect(try await browser.get("/dashboard").status == 200)
            try server.sql("update sessions set created_at = now() - interval '2 minutes', ip_address = '192.0.2.7'")
            try server.redis("--scan", forEach: "DEL")
            #expect(try await browser.get("/dashboard").status == 200)
            #expect(try server.sql("select last_seen_at is null from sessions") == "t")
            try server.sql(
                """
                update sessions set created_at = now() - interval '4 minutes', expires_at = now() + interval '1 minute'
                """)
            try server.redis("--scan", forEach: "DEL")
            #expect(try await browser.get("/dashboard").status == 200)
            let isNoted = try await wait(for: 5) {
                try server.sql(
                    """
                    select last_seen_at > now() - interval '1 minute' and ip_address = '127.0.0.1'
                        and expires_at > now() + interval '23 hours' from sessions
                    """) == "t"
            }
            #expect(isNoted)
        }
    }

    @Test func ownTokens() async throws {
        try await TestServer.with(workers: 1) { server in
            _ = try server.makeUser("ann")
            let ann = try server.sql("select id from users where username = 'ann'")
            let foreign = try server.sql("select max(id) from api_tokens where user_id = 1")
            let browser = Browser(server)
            try await browser.signIn("ann", TestServer.password)
            let wish = [("name", "mine"), ("scopes", "read:*"), ("user_id", "1"), ("request_key", "once-only")]
            let form = "action=\"/profile/tokens\""
            #expect(try await !browser.get(Self.home).text.contains(form))
            #expect(try await browser.post(Self.home + "/tokens", wish).status == 403)
            try server.cli("settings", "set", "allow_user_tokens", "true")
            #expect(try await waitAsync(for: 5) { try await browser.get(Self.home).text.contains(form) })
            let refused = try await browser.post(Self.home + "/tokens", [("name", "x"), ("scopes", "admin:all")])
            #expect(refused.status == 422 && refused.text.contains("id=\"e-scopes\""))
            let made = try await browser.post(Self.home + "/tokens", wish)
            #expect(made.status == 201)
            let token = String(try #require(made.text.firstMatch(of: /tt_[A-Za-z0-9]+/)).output)
            #expect(try await server.get("/api/v1/projects", token: token).status == 200)
            let again = try await browser.post(Self.home + "/tokens", wish)
            #expect(again.status == 201 && again.text.contains("in the first answer") && !again.text.contains(token))
            #expect(try server.sql("select count(*), max(user_id) from api_tokens where name = 'mine'") == "1|\(ann)")
            let kept = "select count(*) from form_idempotency_keys where response_body like"
            #expect(try server.sql(kept + " '%\(token)%'") == "0")
            #expect(try server.sql(kept + " '%API token created%'") == "1")

            let id = try server.sql("select id from api_tokens where name = 'mine'")
            let path = { (id: String) in "\(Self.home)/tokens/\(id)/delete" }
            #expect(try await browser.post(path(foreign), []).header("location") == Self.home)
            #expect(try await browser.get(Self.home).text.contains("has been deleted already"))
            #expect(try server.sql("select count(*) from api_tokens where id = \(foreign)") == "1")
            #expect(try await browser.post(path(id), []).header("location") == Self.home)
            #expect(try server.sql("select count(*) from api_tokens where id = \(id)") == "0")
            let log = "select string_agg(action || ' ' || entity_name, ', ' order by id) from activities"
            #expect(try server.sql(log + " where entity_type = 'api_token'") == "created mine, deleted mine")
        }
    }
}
