import Foundation
import Testing

/// Reports.
@Suite struct ReportPageTests {
    @Test func reportsAddUp() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            _ = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", notes: "a,b")
            _ = try await Pages.entry(server, project, "2026-03-09T09:00:00Z", "2026-03-09T10:00:00Z", notes: "a")
            let browser = Browser(server)
            try await browser.signIn()
            for group in ["project", "client", "task", "person", "tag", "day", "week", "month"] {
                let page = try await browser.get("/reports?start_date=2026-03-01&end_date=2026-03-31&group=\(group)")
                #expect(page.status == 200 && page.text.contains("2.50"), "\(group)")
            }
            let api = try await server.get("/api/v1/reports/summary?start_date=2026-03-01&end_date=2026-03-31")
            #expect(api.json["summary"]["total_hours"].double == 2.5)
            let value = try await browser.get("/reports?start_date=2026-03-01&end_date=2026-03-31")
            #expect(value.text.contains("200.00 EUR"))
        }
    }
}
