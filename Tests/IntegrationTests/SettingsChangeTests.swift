import Testing

/// Changed settings count at once, for every worker and for what is cached, however they were changed.
@Suite struct SettingsChangeTests {
    @Test func aCachedDashboardIsGoodForOneVersionOfTheSettings() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            func currency() async throws -> String? {
                try await browser.request("GET", "/api/stats/value-dashboard").json["estimated_value_currency"].string
            }
            #expect(try await currency() == "EUR")
            /// Whether every worker shows it, as far as ten connections can tell.
            func isSeen(_ code: String) async throws -> Bool {
                for _ in 0..<10 where try await currency() != code { return false }
                return true
            }
            try server.cli("settings", "set", "currency", "USD")
            #expect(try await waitAsync(for: 5) { try await isSeen("USD") })
            try server.sql("update settings set currency = 'CHF'")
            #expect(try await waitAsync(for: 5) { try await isSeen("CHF") })
        }
    }

    @Test func everyChangeHasANumber() async throws {
        try await TestServer.with(workers: 1) { server in
            func version() throws -> Int { Int(try server.sql("select version from settings")) ?? 0 }
            let first = try version()
            try server.cli("settings", "set", "company_name", "Acme")
            #expect(try version() == first + 1)
            try server.sql("update settings set company_name = company_name")
            #expect(try version() == first + 1)
        }
    }
}
