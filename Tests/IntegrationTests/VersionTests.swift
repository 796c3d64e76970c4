import Testing

/// `/api/version/*` against a GitHub of our own (behaviour.md §11.6).
@Suite struct VersionTests {
    private static let release = """
        {"tag_name":"v4.1.0","body":"# News\\n<b>bold</b>","published_at":"2026-04-01T10:00:00Z",
         "html_url":"https://github.com/DRYTRIX/TimeTracker/releases/tag/v4.1.0","draft":false}
        """

    private func with(
        workers: Int = 1, _ settings: [String: String] = [:], _ body: (TestServer, FakeGitHub) async throws -> Void
    ) async throws {
        let gitHub = try FakeGitHub()
        defer { gitHub.stop() }
        gitHub.answer(200, Self.release)
        let base = [
            "VERSION_CHECK_GITHUB_API_BASE": gitHub.url, "APP_VERSION": "4.0.0", "GITHUB_RELEASES_TOKEN": "gh_secret_1",
        ]
        try await TestServer.with(workers: workers, base.merging(settings) { $1 }) { try await body($0, gitHub) }
    }

    @Test func checkAndDismiss() async throws {
        try await with(workers: 2) { server, gitHub in
            let reply = try await server.get("/api/version/check")
            #expect(reply.status == 200)
            #expect(
                reply.json.keys == [
                    "update_available", "current_version", "latest_version", "release_notes", "published_at",
                    "release_url",
                ])
            #expect(reply.json["update_available"].bool == true)
            #expect(reply.json["current_version"].string == "4.0.0")
            #expect(reply.json["latest_version"].string == "4.1.0")
            #expect(reply.json["release_notes"].string == "# News\n<b>bold</b>")
            #expect(reply.json["published_at"].string == "2026-04-01T10:00:00Z")
            #expect(reply.header("x-ratelimit-limit") != nil)
            let head = try #require(gitHub.requests.first)
            #expect(head.hasPrefix("GET /repos/DRYTRIX/TimeTracker/releases/latest "))
            let lines = head.lowercased()
            #expect(lines.contains("accept: application/vnd.github+json"))
            #expect(lines.contains("authorization: token gh_secret_1"))
            #expect(lines.contains("user-agent: "))
            for _ in 0..<4 { #expect(try await server.get("/api/version/check").body == reply.body) }
            #expect(gitHub.requests.count == 1)

            for (body, error) in [
                ("{}", "latest_version is required"), (#"{"latest_version":" "}"#, "latest_version is required"),
                (#"{"latest_version":4}"#, "latest_version is required"),
                (#"{"latest_version":"dev-0"}"#, "invalid latest_version"),
            ] {
                let bad = try await server.post("/api/version/dismiss", body)
                #expect(bad.status == 400)
                #expect(bad.json["error"].string == error)
                #expect(bad.json["error_code"].string == "validation_error")
                #expect(!bad.json["errors"]["latest_version"].array.isEmpty)
            }
            let done = try await server.post("/api/version/dismiss", #"{"latest_version":"v4.1.0"}"#)
            #expect(done.status == 200)
            #expect(done.text == #"{"ok":true}"#)
            #expect(
                try server.sql("select dismissed_release_version from users where username = 'admin'") == "4.1.0")
            let hidden = try await server.get("/api/version/check")
            #expect(hidden.json["update_available"].bool == false)
            #expect(hidden.json["latest_version"].string == "4.1.0")
            #expect(!server.log.contains("gh_secret_1"))
        }
    }

    @Test func access() async throws {
        try await with { server, _ in
            let anonymous = try await server.get("/api/version/check", token: "")
            #expect(anonymous.status == 401)
            #expect(anonymous.json["error"].string == "unauthorized")
            #expect(anonymous.json["message"].string == "Authentication required")
            #expect(anonymous.json["error_code"].string == "unauthorized")
            #expect(anonymous.json["success"].bool == false)
            let ann = try server.makeUser("ann")
            let refused = try await server.get("/api/version/check", token: ann)
            #expect(refused.status == 403)
            #expect(refused.json["error"].string == "forbidden")
            #expect(refused.json["message"].string == "Admin only")

            // A session wins over a token.
            let user = Browser(server)
            try await user.signIn("ann")
            let both = try await user.request(
                "GET", "/api/version/check", headers: ["Authorization": "Bearer \(server.token)"])
            #expect(both.status == 403)
            let admin = Browser(server)
            try await admin.signIn()
            #expect(try await admin.request("GET", "/api/version/check").status == 200)
            let done = try await admin.json("POST", "/api/version/dismiss", #"{"latest_version":"4.1"}"#)
            #expect(done.status == 200)
        }
    }

    @Test func failureStaleAndSingleFlight() async throws {
        try await with(["VERSION_CHECK_GITHUB_CACHE_TTL": "1"]) { server, gitHub in
            gitHub.answer(200, Self.release, delay: 300_000)
            let replies = try await parallel(8) { _ in try await server.get("/api/version/check") }
            #expect(replies.allSatisfy { $0.json["latest_version"].string == "4.1.0" })
            #expect(gitHub.requests.count == 1)
            gitHub.answer(500, "oops")
            #expect(
                try await waitAsync(for: 5) {
                    _ = try await server.get("/api/version/check")
                    return gitHub.requests.count == 2
                })
            // Stale, and GitHub is left alone for a while.
            #expect(try await server.get("/api/version/check").json["latest_version"].string == "4.1.0")
            #expect(gitHub.requests.count == 2)
            try server.redis("--scan", "--pattern", "*version_check*", forEach: "DEL")
            let nothing = try await server.get("/api/version/check")
            #expect(nothing.status == 200)
            #expect(nothing.json["update_available"].bool == false)
            #expect(nothing.json["latest_version"].isNull)
            #expect(nothing.json["release_notes"].isNull)
        }
    }

    @Test func withoutRedisPreReleasesAndDevelopmentBuild() async throws {
        try await with([
            "REDIS_ENABLED": "false", "ENABLE_PRE_RELEASE_NOTIFICATIONS": "true", "APP_VERSION": "dev-999",
        ]) { server, gitHub in
            gitHub.answer(200, #"[{"tag_name":"v9","draft":true},{"tag_name":"junk"},{"tag_name":"v4.2.0-rc1"}]"#)
            for _ in 0..<3 {
                let reply = try await server.get("/api/version/check")
                #expect(reply.json["latest_version"].string == "4.2.0rc1")
                #expect(reply.json["current_version"].string == "dev-999")
                #expect(reply.json["update_available"].bool == false)
                #expect(reply.json["release_notes"].string == "")
                #expect(reply.json["release_url"].isNull)
            }
            #expect(gitHub.requests.count == 1)
            #expect(gitHub.requests.first?.hasPrefix("GET /repos/DRYTRIX/TimeTracker/releases?per_page=20 ") == true)
        }
        try await with(["VERSION_CHECK_GITHUB_REPO": ""]) { server, gitHub async throws in
            #expect(try await server.get("/api/version/check").json["latest_version"].isNull)
            #expect(gitHub.requests.isEmpty)
        }
    }
}
