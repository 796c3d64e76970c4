import Testing

/// Who may claim a server that has not been set up yet.
@Suite struct SetupCodeTests {
    private static let form = [
        ("username", "boss"), ("password", "long enough 1"), ("confirm", "long enough 1"), ("timezone", "UTC"),
    ]

    private func stranger(_ server: TestServer, _ last: Int = 1) -> Browser {
        Browser(server, host: "tt.example", headers: ["X-Forwarded-For": "203.0.113.\(last)"])
    }

    private func code(_ server: TestServer) async throws -> String {
        let pattern = #/"setup_code":"([0-9A-Z]{5}-[0-9A-Z]{5})"/#
        await wait(for: 10) { server.log.contains(pattern) }
        return String(try #require(server.log.firstMatch(of: pattern)).1)
    }

    @Test func aStrangerNeedsTheCode() async throws {
        try await TestServer.with(workers: 2, isSetUp: false) { server async throws in
            let code = try await code(server)
            let browser = stranger(server)
            let page = try await browser.get("/setup")
            #expect(page.status == 200 && page.text.contains(#"name="setup_code""#))
            #expect(page.text.contains("journalctl") && !page.text.contains(code))
            for wrong in [[], [("setup_code", "")], [("setup_code", "AAAAA-AAAAA")]] {
                let reply = try await browser.post("/setup", Self.form + wrong)
                #expect(reply.status == 422 && reply.text.contains("This is not the setup code."))
            }
            #expect(try server.sql("select count(*) from users") == "0")

            // All workers take the same one; typed with small letters and without the hyphen too.
            let typed = code.lowercased().replacing("-", with: " ")
            for last in 10..<16 {
                let other = stranger(server, last)
                _ = try await other.get("/setup")
                let reply = try await other.post("/setup", [("username", "no spaces please"), ("setup_code", typed)])
                #expect(reply.status == 422 && !reply.text.contains("This is not the setup code."))
            }
            let done = try await browser.post("/setup", Self.form + [("setup_code", code)])
            #expect(done.status == 303 && done.header("location") == "/")
            #expect(try server.sql("select username || ' ' || role from users") == "boss admin")
            #expect(try await browser.get("/setup").header("location") == "/dashboard")
        }
    }

    @Test func guessingIsSlow() async throws {
        try await TestServer.with(workers: 2, isSetUp: false) { server async throws in
            let code = try await code(server)
            let browser = stranger(server)
            _ = try await browser.get("/setup")
            for _ in 0..<5 {
                #expect(try await browser.post("/setup", Self.form + [("setup_code", "BBBBB-BBBBB")]).status == 422)
            }
            let refused = try await browser.post("/setup", Self.form + [("setup_code", code)])
            #expect(refused.status == 429 && refused.header("retry-after") != nil)
            #expect(try server.sql("select count(*) from users") == "0")
        }
    }

    @Test func thisMachineNeedsNone() async throws {
        try await TestServer.with(workers: 1, isSetUp: false) { server async throws in
            // By a name that others can give to this machine, or through a proxy that isn't believed, it is none.
            for browser in [
                Browser(server, host: "rebound.example"), Browser(server, headers: ["Forwarded": "for=203.0.113.7"]),
                Browser(server, headers: ["X-Forwarded-For": "203.0.113.7, 127.0.0.1"]),
            ] {
                #expect(try await browser.get("/setup").text.contains(#"name="setup_code""#))
                #expect(try await browser.post("/setup", Self.form).status == 422)
            }
            let here = Browser(server)
            #expect(try await !here.get("/setup").text.contains(#"name="setup_code""#))
            #expect(try await here.post("/setup", Self.form).status == 303)
            #expect(try server.sql("select username from users") == "boss")
        }
    }

    @Test func eachInstallationHasItsOwn() async throws {
        try await TestServer.with(workers: 1, isSetUp: false) { first async throws in
            try await TestServer.with(workers: 1, isSetUp: false) { second async throws in
                #expect(try await code(first) != code(second))
            }
            // The command needs none, and afterwards there is nothing to announce.
            let old = try await code(first)
            try first.cli("setup", "--admin-username", "root", "--admin-password", TestServer.password)
            let late = try await stranger(first).post("/setup", Self.form + [("setup_code", old)])
            #expect(late.status == 303)
            #expect(try first.sql("select count(*) from users") == "1")
            // Begun anew, it has another one.
            try first.sql("update settings set setup_completed_at = null")
            let browser = stranger(first, 9)
            _ = try await browser.get("/setup")
            let reply = try await browser.post("/setup", Self.form + [("setup_code", old)])
            #expect(reply.status == 422 && reply.text.contains("This is not the setup code."))
        }
    }

    @Test func aServerThatIsSetUpSaysNothing() async throws {
        try await TestServer.with(workers: 1) { server async throws in
            #expect(!server.log.contains("setup_code"))
        }
    }
}
