import Foundation
import Testing

/// `/admin/users` (behaviour.md §12.22), as a browser without scripts meets it.
@Suite struct UserPageTests {
    private static let home = "/admin/users"

    private static func password(_ page: HTTPReply) -> String? {
        page.text.firstMatch(of: /id="password" class="secret">([^<]+)</).map { String($0.1) }
    }

    /// What the form sends, which always sends everything.
    private static func fields(_ name: String, role: String, but more: [(String, String)] = []) -> [(String, String)] {
        more + [("username", name), ("full_name", "Ann <Able>"), ("email", "ann@example.org"), ("role", role)]
    }

    private static let active = ("is_active", "on")

    @Test func lifeOfAUser() async throws {
        // A second worker would know her as she was for up to a second.
        try await TestServer.with(workers: 1, ["JOBS": "false"]) { server in
            let hook = try await server.makeWebhook("https://example.com/hook").id
            let (client, _, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get(Self.home + "/new").text.contains(#"autocomplete="new-password""#))
            for (field, value) in [
                ("username", ""), ("username", "An n"), ("username", "admin"), ("email", "nobody"), ("role", "king"),
                ("password", "short"), ("confirm", "only here"), ("client_ids", "x"), ("client_ids", "999999"),
            ] {
                let good = Self.fields("ann", role: "subcontractor", but: [Self.active]).filter { $0.0 != field }
                let refused = try await browser.post(Self.home + "/new", good + [(field, value)])
                #expect(refused.status == 422, "\(field)=\(value)")
                let place = field == "confirm" ? "password" : field
                #expect(refused.text.contains("id=\"e-\(place)\""), "\(field)=\(value)")
                #expect(!refused.text.contains("only here") && !refused.text.contains(#"value="short""#))
            }
            #expect(try server.sql("select count(*) from users") == "1")

            let fields = Self.fields(
                "Ann", role: "subcontractor",
                but: [
                    Self.active, ("password", "quite secret 1"), ("confirm", "quite secret 1"),
                    ("must_change_password", "on"), ("client_ids", "\(client)"), ("request_key", "made-once"),
                ])
            let made = try await browser.post(Self.home + "/new", fields)
            let id = try server.sql("select id from users where username = 'ann'")
            #expect(made.status == 303 && made.header("location") == "\(Self.home)/\(id)")
            // A double click.
            #expect(try await browser.post(Self.home + "/new", fields).header("location") == "\(Self.home)/\(id)")
            let roles =
                "select string_agg(r.name, ',') from user_roles u join roles r on r.id = u.role_id where u.user_id = \(id)"
            #expect(try server.sql(roles) == "subcontractor")
            #expect(try server.sql("select client_id from user_clients where user_id = \(id)") == "\(client)")
            let page = try await browser.get("\(Self.home)/\(id)")
            #expect(
                page.status == 200 && page.text.contains("Ann &lt;Able&gt;") && page.text.contains("Has to be changed"))
            #expect(
                try await browser.get(Self.home + "?search=ABLE&role=subcontractor").text.contains("/users/\(id)\""))
            #expect(try await browser.get(Self.home + "?search=%25").text.contains("No user matches"))
            #expect(try await browser.get(Self.home + "?role=king").status == 422)

            let ann = Browser(server)
            #expect(try await ann.signIn("ann", "quite secret 1").status == 303)
            #expect(try await ann.get("/dashboard").header("location") == "/password")
            let edited = Self.fields("anne", role: "manager", but: [Self.active, ("client_ids", "\(client)")])
            let saved = try await browser.post("\(Self.home)/\(id)/edit", edited)
            #expect(saved.status == 303, "\(saved.text)")
            #expect(
                try server.sql("select username, role, password_change_required from users where id = \(id)")
                    == "anne|manager|f")
            #expect(try server.sql(roles) == "manager")
            #expect(try server.sql("select count(*) from user_clients") == "0")
            // Another role ended the session at once, in Redis too.
            #expect(try await ann.get("/dashboard").header("location")?.hasPrefix("/login") == true)
            // The same again changes nothing and tells nothing.
            #expect(try await browser.post("\(Self.home)/\(id)/edit", edited).status == 303)

            try await ann.signIn("anne", "quite secret 1")
            #expect(try await ann.get(Self.home).status == 403)
            #expect(try await ann.post(Self.home + "/new", Self.fields("eve", role: "admin")).status == 403)
            _ = try await browser.get("\(Self.home)/\(id)")
            let reset = try await browser.post("\(Self.home)/\(id)/reset-password", [("request_key", "reset-once")])
            let password = try #require(Self.password(reset))
            #expect(reset.status == 200 && reset.header("cache-control") == "no-store")
            let again = try await browser.post("\(Self.home)/\(id)/reset-password", [("request_key", "reset-once")])
            #expect(Self.password(again) == nil && again.text.contains("first answer"))
            #expect(try await ann.get("/dashboard").header("location")?.hasPrefix("/login") == true)
            #expect(try await ann.signIn("anne", password).status == 303)
            #expect(try await ann.get("/dashboard").header("location") == "/password")

            #expect(try await browser.post("\(Self.home)/\(id)/deactivate", []).status == 303)
            #expect(try await ann.get("/password").header("location")?.hasPrefix("/login") == true)
            #expect(try await browser.get(Self.home + "?is_active=false").text.contains("anne"))
            #expect(try await browser.post("\(Self.home)/\(id)/activate", []).status == 303)
            #expect(try await browser.post("\(Self.home)/\(id)/delete", []).header("location") == Self.home)
            #expect(try server.sql("select count(*) from users") == "1")
            #expect(try await browser.get("\(Self.home)/\(id)").status == 404)
            // Who has done something stays; nobody deletes himself.
            #expect(try await browser.post("\(Self.home)/1/delete", []).header("location") == "\(Self.home)/1")
            #expect(try server.sql("select count(*) from users") == "1")

            let told =
                "select event_type from webhook_deliveries where webhook_id = \(hook) and event_type like 'user.%' order by id"
            #expect(
                try server.sql(told).split(separator: "\n") == [
                    "user.created", "user.updated", "user.updated", "user.updated", "user.updated", "user.deleted",
                ])
            let payload = JSON.parse(
                Array(
                    try server.sql(
                        "select payload from webhook_deliveries where event_type = 'user.updated' order by id limit 1"
                    ).utf8))
            #expect(payload["entity"]["name"].string == "anne" && payload["user"]["username"].string == "admin")
            #expect(
                payload["data"]["previous_role"].string == "subcontractor"
                    && payload["data"]["role"].string == "manager")
            #expect(payload["data"]["user"]["id"].int == Int(id))
            let secrets = "like any (array['%scrypt%', '%quite secret%', '%\(password)%'])"
            #expect(
                try server.sql(
                    """
                    select (select count(*) from webhook_deliveries where payload \(secrets))
                        + (select count(*) from activities a where a::text \(secrets))
                        + (select count(*) from form_idempotency_keys where response_body \(secrets))
                    """) == "0")
            #expect(
                try server.sql(
                    "select description from activities where entity_type = 'user' order by id limit 1 offset 1")
                    == "Updated user anne: was ann; role manager, was subcontractor; assigned clients; need not change the password"
            )
            #expect(try await browser.get("/admin/activity?entity_type=user").text.contains("Deleted user anne"))
        }
    }

    @Test func somebodyStaysAdministrator() async throws {
        try await TestServer.with(workers: 2) { server in
            let browser = Browser(server)
            try await browser.signIn()
            let field = { (page: HTTPReply, name: String) in
                page.status == 422 && page.text.contains("id=\"e-\(name)\"")
                    && page.text.contains("last active administrator")
            }
            let edit = Self.home + "/1/edit"
            #expect(field(try await browser.post(edit, Self.fields("admin", role: "user", but: [Self.active])), "role"))
            #expect(field(try await browser.post(edit, Self.fields("admin", role: "admin")), "is_active"))
            #expect(try await browser.post(Self.home + "/1/deactivate", []).header("location") == Self.home + "/1")
            #expect(try await browser.get(Self.home + "/1").text.contains("last active administrator"))
            #expect(throws: TestServer.Failure.self) { try server.cli("user", "deactivate", "admin") }
            // An inactive administrator is none.
            try server.cli("user", "create", "bob", "--password", TestServer.password, "--role", "admin")
            try server.cli("user", "deactivate", "bob")
            #expect(field(try await browser.post(edit, Self.fields("admin", role: "user", but: [Self.active])), "role"))
            #expect(try server.sql("select is_active, role from users where id = 1") == "t|admin")

            // Whom an assigned role makes one is one, and no longer when another role is set.
            try server.sql("update users set is_active = true, role = 'user' where username = 'bob'")
            try server.sql("delete from user_roles where user_id = 2")
            try server.sql("insert into user_roles select 2, id from roles where name = 'super_admin'")
            // Each demotes the other at the same time; one of them comes too late.
            let other = Browser(server)
            try await other.signIn("bob")
            async let first = browser.post(Self.home + "/2/edit", Self.fields("bob", role: "user", but: [Self.active]))
            async let second = other.post(edit, Self.fields("admin", role: "user", but: [Self.active]))
            let statuses = [try await first.status, try await second.status]
            let admins = """
                select count(*) from users u where is_active and (role = 'admin' or exists (
                    select 1 from user_roles x join roles r on r.id = x.role_id
                    where x.user_id = u.id and r.name in ('admin', 'super_admin')))
                """
            #expect(statuses.filter { $0 == 303 }.count == 1, "\(statuses)")
            #expect(try server.sql(admins) == "1")
        }
    }

    /// Commands wait for each other as pages do: whoever comes second sees what the first one did, also of assigned roles.
    @Test func twoAtOnceNeverLeaveNobody() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("user", "create", "bob", "--password", TestServer.password, "--role", "admin")
            for _ in 0..<8 {
                let outcomes = await withTaskGroup(of: Bool.self) { group in
                    for name in ["admin", "bob"] {
                        group.addTask { (try? server.cli("user", "deactivate", name)) != nil }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.filter(\.self).count == 1)
                #expect(try server.sql("select count(*) from users where is_active") == "1")
                try server.sql("update users set is_active = true")
            }
        }
    }

    @Test func anExpiredFormKeepsNoPassword() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            let fields = Self.fields(
                "ann", role: "user", but: [("password", "quite secret 1"), ("confirm", "quite secret 1")])
            let refused = try await browser.post(Self.home + "/new", fields, csrf: "old")
            #expect(refused.status == 303 && !refused.text.contains("quite secret"))
            let kept = try await browser.post(Self.home + "/new", Self.fields("ann", role: "user"), csrf: "old")
            #expect(kept.status == 422 && kept.text.contains(#"name="full_name" value="Ann &lt;Able&gt;""#))
            #expect(try server.sql("select count(*) from users") == "1")
        }
    }
}
