import Foundation
import Testing

/// `/admin/system` (behaviour.md §12.23).
@Suite struct SystemPageTests {
    private static let home = "/admin/system"

    /// What stands beside a label.
    private static func fact(_ label: String, _ page: HTTPReply) -> String? {
        page.text.firstRange(of: "<dt>\(label)</dt><dd class=\"text\">").map { range in
            String(page.text[range.upperBound...].prefix { $0 != "<" })
        }
    }

    @Test func everythingIsShown() async throws {
        let settings = ["API_TOKEN_RATE_LIMIT_PER_MINUTE": "123", "API_TOKEN_RATE_LIMIT_PER_HOUR": "4567"]
        try await TestServer.with(workers: 2, settings) { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let browser = Browser(server)
            try await browser.signIn()
            #expect(
                try await waitAsync(for: 20) {
                    try await browser.get(Self.home).text.contains("Everything is as it should be.")
                })
            let page = try await browser.get(Self.home)
            #expect(page.status == 200)
            for pid in server.workerPIDs {
                #expect(page.text.contains("data-label=\"Process\">\(pid)<"), "\(pid)")
            }
            #expect(Self.fact("PostgreSQL", page) == (try server.sql("show server_version")))
            #expect(Self.fact("Requests of an API token", page) == "123 a minute, 4567 an hour")
            #expect(Self.fact("Time zone", page) == "Europe/Berlin")
            #expect(Self.fact("On this host", page) == "Running" && Self.fact("Hosts with a jobs process", page) == "1")
            #expect(Self.fact("Memory", page)?.isEmpty == false && Self.fact("Memory", page) != "Unknown")
            #expect(Self.fact("Size of the database", page)?.hasSuffix("MiB") == true)
            let hook = try await server.makeWebhook("https://example.org/hook").id
            try server.sql(
                """
                insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash, status)
                select \(hook), 'project.created', 'old-' || n, '{}', '', 'failed' from generate_series(1, 3) n
                """)
            #expect(
                try await waitAsync(for: 5) {
                    Self.fact("Failed for good in 24 h", try await browser.get(Self.home)) == "3"
                })
            _ = try server.makeUser("ann")
            let other = Browser(server)
            try await other.signIn("ann")
            #expect(try await other.get(Self.home).status == 403)
        }
    }

    /// Without Redis, without jobs, with a worker that is gone, and with webhooks that nobody sends.
    @Test func whatIsMissingIsSaid() async throws {
        let settings = ["REDIS_URL": "redis://127.0.0.1:1/0", "JOBS": "false"]
        try await TestServer.with(workers: 1, settings) { server in
            let hook = try await server.makeWebhook("https://example.org/hook").id
            try server.enqueue(hook, "late", count: 2)
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get(Self.home)
            #expect(page.status == 200 && page.text.contains("Redis is away.") && page.text.contains("no Redis"))
            #expect(page.text.contains("No jobs process is connected") && !page.text.contains("Everything is"))
            #expect(Self.fact("State", page) != nil && Self.fact("Deliveries that wait", page) == "2")
            #expect(Self.fact("Memory", page) == "Unknown")
        }
    }
}
