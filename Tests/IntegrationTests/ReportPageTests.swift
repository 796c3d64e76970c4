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

    @Test func totalsAreOfAllLinesAndTheFileHasThem() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let letters = Array("abcdefghijklmnopqrstuvwxyz")
            let tags = letters.flatMap { first in letters.map { "\(first)\($0)" } }.prefix(600)
            for part in 0..<4 {
                let own = tags.dropFirst(part * 150).prefix(150).joined(separator: ",")
                let reply = try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(project),"start_time":"2026-03-0\#(part + 2)T09:00:00Z","#
                        + #""end_time":"2026-03-0\#(part + 2)T10:00:00Z","tags":"\#(own)"}"#)
                #expect(reply.status == 201)
            }
            let browser = Browser(server)
            try await browser.signIn()
            let query = "?start_date=2026-03-01&end_date=2026-03-31&group=tag"
            let page = try await browser.get("/reports" + query)
            #expect(page.text.contains("These are 500 of 600 lines"))
            #expect(page.text.contains(#"<td class="right num" data-label="Hours">600.00</td>"#))
            let file = try await browser.get("/reports/export" + query)
            #expect(file.text.split(whereSeparator: \.isNewline).count == 601)
        }
    }
}
