import Foundation
import Testing

/// What all pages have in common, as a browser without scripts meets them.
@Suite struct PageFrameTests {
    private static let pages = [
        "/dashboard", "/timer", "/entries", "/entries/new", "/timesheet", "/timesheet/day", "/projects",
        "/projects/new",
        "/tasks", "/tasks/new", "/clients", "/clients/new", "/reports", "/import-export", "/search?q=te", "/shortcuts",
        "/admin/api-tokens", "/admin/webhooks", "/admin/webhooks/new", "/profile", "/admin/settings", "/admin/modules",
        "/admin/system", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/users/1/edit",
        "/admin/users?search=a&role=admin",
        "/admin/activity", "/admin/activity?entity_type=project&action=created&start_date=2020-01-01",
    ]

    @Test func everyPageStandsInItsFrame() async throws {
        try await TestServer.with { server in
            let (client, project, task) = try await Pages.place(server)
            let entry = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            let browser = Browser(server)
            #expect(try await browser.get("/entries").header("location") == "/login?next=/entries")
            try await browser.signIn()
            let objects = [
                "/projects/\(project)", "/projects/\(project)/edit", "/tasks/\(task)", "/tasks/\(task)/edit",
                "/clients/\(client)", "/clients/\(client)/edit", "/timer/edit/\(entry)",
                "/entries?start_date=2026-03-01&end_date=2026-03-31&billable=true&paid=false&tag=Work&person=all",
                "/timesheet?week=2026-03-02", "/timesheet/day?date=2026-03-02",
                "/reports?start_date=2026-03-01&end_date=2026-03-31",
            ]
            for path in Self.pages + objects {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.header("content-type") == "text/html; charset=utf-8", "\(path)")
                #expect(page.header("content-security-policy")?.contains("default-src 'self'") == true, "\(path)")
                #expect(page.header("cache-control") == "no-store", "\(path)")
                #expect(page.text.matches(of: /<h1[ >]/).count == 1, "\(path) has one heading")
                #expect(page.text.contains(#"class="timer"#) && page.text.contains(#"aria-label="Main""#), "\(path)")
                #expect(!page.text.contains("style=\"") && !page.text.contains("<script>"), "\(path)")
            }
            for path in ["/projects/999999", "/tasks/999999", "/timer/edit/999999", "/projects/x"] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
            for path in [
                "/entries?start_date=x", "/tasks?status=nonsense", "/reports?start_date=2026-03-02&end_date=2026-03-01",
            ] {
                #expect(try await browser.get(path).status == 422, "\(path)")
            }
        }
    }

    @Test func filesHaveAddressesOfTheirContent() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            let page = try await browser.get("/login").text
            let files = page.matches(of: #/"(/static/[^"#]+)"/#).map { String($0.1) }
            #expect(files.count >= 3)
            for file in Set(files) {
                let reply = try await browser.get(file)
                #expect(reply.status == 200, "\(file)")
                #expect(reply.header("cache-control") == "public, max-age=31536000, immutable", "\(file)")
            }
            let script = try #require(files.first { $0.hasSuffix(".js") })
            // What the script imports has such an address too.
            let imported = try await browser.get(script).text.firstMatch(of: #/from "(/static/[^"]+)"/#)
            #expect(try await browser.get(String(try #require(imported).1)).status == 200)
            #expect(try await browser.get("/manifest.webmanifest").json["name"].string == "TimeTracker")
            #expect(try await browser.get("/favicon.ico").header("content-type") == "image/svg+xml")
        }
    }

    @Test func whatIsWrittenIsShownAsText() async throws {
        try await TestServer.with { server in
            let (client, project, task) = try await Pages.place(server, name: Pages.hostile)
            let entry = try await Pages.entry(
                server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", notes: Pages.hostile)
            _ = try await Pages.entry(server, project, "2026-03-03T09:00:00Z", "2026-03-03T10:30:00Z", notes: "=1+1")
            try server.sql("update users set full_name = '<b>boss</b>'")
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.post("/timer/start", [("place", "\(project):\(task)"), ("notes", Pages.hostile)])
            for path in [
                "/dashboard", "/entries", "/entries?tag=%3Cscript%3E", "/timer/edit/\(entry)", "/projects", "/tasks",
                "/projects/\(project)", "/projects/\(project)/edit", "/tasks/\(task)", "/tasks/\(task)/edit",
                "/clients",
                "/clients/\(client)", "/clients/\(client)/edit", "/search?q=%3Cscript%3Ealert",
                "/timesheet?week=2026-03-02",
                "/timesheet/day?date=2026-03-02", "/timer/bar", "/entries/new",
                "/reports?start_date=2026-03-01&end_date=2026-03-31&group=tag",
                "/reports?start_date=2026-03-01&end_date=2026-03-31&group=task",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.text.contains("&lt;script&gt;alert(1)"), "\(path) shows it")
                for mark in ["<script>alert", "<img src=x", "<b>boss", ">49<"] {
                    #expect(!page.text.contains(mark), "\(path) contains \(mark)")
                }
            }
            let typed = try await browser.post("/projects/new", [("name", Pages.hostile), ("color", Pages.hostile)])
            #expect(typed.status == 422 && !typed.text.contains("<script>alert") && !typed.text.contains("<img src=x"))
            let file = try await browser.get("/import-export/entries")
            #expect(file.header("content-type") == "text/csv; charset=utf-8")
            #expect(file.text.contains(",'=1+1,"))
        }
    }

    /// A quote with a combining mark behind it is one character to a person and the end of an attribute to a browser.
    @Test func marksBehindQuotesDoNotEndAttributes() async throws {
        try await TestServer.with(workers: 1) { server in
            let text = "\"\u{301} onmouseover=alert(1) x=\"\u{301}><\u{301}b>&\u{301}amp;'\u{301}"
            let (_, project, task) = try await Pages.place(server, name: text)
            let entry = try await Pages.entry(
                server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", notes: text)
            let browser = Browser(server)
            try await browser.signIn()
            for path in [
                "/entries", "/entries?edit=\(entry)", "/timer/edit/\(entry)", "/projects/\(project)/edit",
                "/tasks/\(task)/edit",
                "/search?q=%22%CC%81%20onmouse", "/timesheet?week=2026-03-02", "/timesheet/day?date=2026-03-02",
                "/dashboard",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                let bytes = Array(page.text.utf8)
                for open in ["\"\u{301}", "<\u{301}", ">\u{301}", "'\u{301}"] {
                    #expect(bytes.firstRange(of: Array(open.utf8)) == nil, "\(path): \(open)")
                }
            }
        }
    }

    @Test func formsNeedTheirToken() async throws {
        try await TestServer.with { server in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            let fields = [
                ("place", "\(project)"), ("date", "2026-03-02"), ("start", "9"), ("end", "10"),
                ("notes", "long <text>"),
            ]
            let forged = try await browser.post("/entries/new", fields, csrf: "old")
            #expect(forged.status == 422 && forged.text.contains("The form had expired"))
            #expect(forged.text.contains(#"name="notes" value="long &lt;text&gt;""#))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            // Sent again from there.
            let token = try #require(forged.text.firstMatch(of: /name="csrf_token" value="([^"]+)"/)).1
            #expect(try await browser.post("/entries/new", fields, csrf: String(token)).status == 303)
            #expect(
                try await browser.request(
                    "POST", "/timer/start", type: "application/x-www-form-urlencoded",
                    body: "csrf_token=\(browser.csrfToken)&place=\(project)",
                    headers: ["Sec-Fetch-Site": "cross-site", "Accept": "text/html"]
                ).status == 403)
            for path in ["/timer/start", "/timesheet", "/projects/\(project)/archive", "/import-export"] {
                #expect(try await browser.post(path, [("a", "b")], csrf: "old").status == 422, "\(path)")
            }
            #expect(try server.sql("select status from projects") == "active")
        }
    }

    @Test func rolesAndModules() async throws {
        try await TestServer.with(workers: 1) { server in
            let (client, project, task) = try await Pages.place(server)
            let entry = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            for role in ["viewer", "user", "subcontractor"] {
                try server.cli("user", "create", role, "--password", TestServer.password, "--role", role)
            }
            let viewer = Browser(server)
            try await viewer.signIn("viewer")
            let page = try await viewer.get("/projects/\(project)")
            #expect(page.status == 200 && !page.text.contains("/archive") && !page.text.contains("/timer/start"))
            for path in ["/projects/new", "/entries/new", "/import-export", "/tasks/\(task)/edit"] {
                #expect(try await viewer.get(path).status == 403, "\(path)")
            }
            for path in ["/timer/start", "/projects/\(project)/archive", "/tasks/\(task)/delete"] {
                #expect(try await viewer.post(path, [("place", "\(project)")]).status == 403, "\(path)")
            }
            let user = Browser(server)
            try await user.signIn("user")
            for path in ["/timer/edit/\(entry)", "/entries?person=1", "/admin/api-tokens"] {
                #expect(try await user.get(path).status == 403, "\(path)")
            }
            #expect(try await !user.get("/entries?person=all").text.contains("/timer/edit/\(entry)"))
            #expect(try await user.post("/timer/edit/\(entry)/delete", []).status == 403)
            #expect(try await !user.get("/reports?start_date=2026-03-01&end_date=2026-03-31").text.contains("1.50"))
            let outsider = Browser(server)
            try await outsider.signIn("subcontractor")
            for path in ["/projects/\(project)", "/tasks/\(task)", "/clients/\(client)"] {
                #expect(try await outsider.get(path).status == 403, "\(path)")
            }
            #expect(try await !outsider.get("/timer").text.contains("Website"))
            #expect(try await !outsider.get("/entries").text.contains("Website"))

            try server.sql(#"update settings set disabled_module_ids = '["clients","reports"]'"#)
            #expect(try await waitAsync(for: 1.6) { try await user.get("/reports").status == 403 })
            #expect(try await user.get("/clients").status == 403)
            #expect(try await !user.get("/dashboard").text.contains(#"href="/reports""# + " data-key"))
        }
    }
}
