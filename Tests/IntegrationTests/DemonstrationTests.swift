import Foundation
import Testing

/// `timetracker demo`.
@Suite struct DemonstrationTests {
    @Test func demonstration() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("demo")
            #expect(try server.sql("select count(*) > 2000 and count(distinct user_id) = 4 from time_entries") == "t")
            #expect(
                try server.sql(
                    """
                    select count(*) from time_entries a join time_entries b on a.user_id = b.user_id and a.id < b.id
                        and a.start_time < b.end_time and a.end_time > b.start_time
                    """) == "0")
            #expect(throws: (any Error).self) { try server.cli("demo") }
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/dashboard").text.contains("Recent entries"))
        }
    }
}
