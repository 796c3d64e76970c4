import Testing

/// The first-run setup wizard (behaviour.md §12.6).
@Suite struct SetupTests {
    private static let good = [
        ("username", "boss"), ("password", "long enough 1"), ("confirm", "long enough 1"),
        ("timezone", "Europe/Berlin"), ("date_format", "DD.MM.YYYY"), ("time_format", "12h"), ("currency", "chf"),
        ("company_name", "ACME <& Sons>"), ("company_phone", ""), ("module_preset", "team"),
        ("rounding_minutes", "15"), ("idle_timeout_minutes", "9999"), ("single_active_timer", "on"),
    ]

    private func fields(_ changes: [String: String?]) -> [(String, String)] {
        Self.good.compactMap { name, value in
            switch changes[name] {
            case nil: (name, value)
            case .some(let other): other.map { (name, $0) }
            }
        }
    }

    @Test func wizard() async throws {
        try await TestServer.with(isSetUp: false) { server in
            let browser = Browser(server)
            for path in ["/", "/dashboard", "/login", "/admin/api-tokens"] {
                let reply = try await browser.get(path)
                #expect(reply.status == 302)
                #expect(reply.header("location") == "/setup")
            }
            #expect(try await browser.request("GET", "/api/stats/value-dashboard").status == 503)
            #expect(
                try await browser.request("GET", "/api/v1/projects").json["error_code"].string == "setup_required")
            #expect(try await server.get("/api/v1/info", token: "").json["setup_required"].bool == true)

            let page = try await browser.get("/setup")
            #expect(page.status == 200)
            #expect(page.text.contains("Europe/Berlin"))
            #expect(page.text.contains(#"value="team" checked"#))

            for (change, problem) in [
                ("timezone", "Mars/Olympus"), ("password", "short"), ("confirm", "different 1"), ("currency", "EURO"),
                ("username", "no spaces please"),
            ] {
                let reply = try await browser.post("/setup", fields([change: problem]))
                #expect(reply.status == 422, "\(change)")
                #expect(reply.text.contains("Nothing has been saved."))
                #expect(!reply.text.contains("long enough 1"))
            }
            #expect(try server.sql("select count(*) from users") == "0")
            #expect(try server.sql("select setup_completed_at is null and timezone = 'UTC' from settings") == "t")
            _ = try await browser.post("/setup", Self.good, csrf: "forged")
            #expect(try server.sql("select count(*) from users") == "0")

            _ = try await browser.get("/setup")
            // Twice at once: one of them does it.
            let replies = try await parallel(2) { _ in try await browser.post("/setup", Self.good) }
            #expect(replies.allSatisfy { $0.status == 303 || $0.status == 302 })
            #expect(try server.sql("select username || ' ' || role from users") == "boss admin")
            #expect(
                try server.sql(
                    """
                    select concat_ws('|', timezone, date_format, time_format, currency, company_name, company_address,
                        disabled_module_ids::text, allow_self_register, rounding_minutes, single_active_timer,
                        idle_timeout_minutes, setup_completed_at is not null) from settings
                    """)
                    == #"Europe/Berlin|DD.MM.YYYY|12h|CHF|ACME <& Sons>|Your Company Address|["inventory"]|f|15|t|480|t"#
            )
            // All workers see it at once, without a redirect loop.
            for _ in 0..<6 {
                #expect(try await browser.get("/").header("location") == "/login")
                #expect(try await browser.get("/setup").header("location") == "/dashboard")
            }
            let late = try await browser.post("/setup", fields(["username": "intruder"]))
            #expect(late.status == 302)
            #expect(try server.sql("select count(*) from users") == "1")
            #expect(try await server.get("/api/v1/info", token: "").json["setup_required"].bool == false)
            #expect(try await browser.signIn("boss", "long enough 1").status == 303)
        }
    }

    @Test func defaults() async throws {
        try await TestServer.with(workers: 1, isSetUp: false) { server in
            let browser = Browser(server)
            _ = try await browser.get("/setup")
            let reply = try await browser.post(
                "/setup",
                [
                    ("username", "boss"), ("password", "long enough 1"), ("confirm", "long enough 1"),
                    ("timezone", " "),
                    ("date_format", "x"), ("time_format", "x"), ("currency", ""), ("rounding_minutes", "x"),
                    ("idle_timeout_minutes", "x"),
                ])
            #expect(reply.status == 303)
            #expect(
                try server.sql(
                    """
                    select concat_ws('|', timezone, date_format, time_format, currency, disabled_module_ids::text,
                        single_active_timer, rounding_minutes, idle_timeout_minutes) from settings
                    """) == "UTC|YYYY-MM-DD|24h|EUR|[]|f|1|30")
        }
    }
}
