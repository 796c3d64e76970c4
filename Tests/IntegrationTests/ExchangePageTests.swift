import Foundation
import Testing

/// Import and export.
@Suite struct ExchangePageTests {
    @Test func importAndExport() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/import-export")
            let file = try await browser.get("/api/import/template/csv")
            #expect(file.header("content-disposition")?.contains("timetracker_import_template.csv") == true)
            @Sendable func upload(_ query: String, _ csv: String, token: String? = nil) async throws -> HTTPReply {
                let body =
                    "--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n\(token ?? browser.csrfToken)\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n\(csv)\r\n--b--\r\n"
                return try await browser.request(
                    "POST", "/import-export?" + query, type: "multipart/form-data; boundary=b", body: body,
                    headers: ["Accept": "text/html"])
            }
            let csv = file.text + "Website,Example client,,yesterday,,,,,\r\n"
            #expect(try await upload("request_key=a", csv, token: "old").status == 303)
            let dry = try await upload("dry_run=true", csv)
            #expect(dry.status == 200 && dry.text.contains("What an import would do"))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            let replies = try await parallel(2) { _ in try await upload("request_key=a", csv) }
            #expect(replies.allSatisfy { $0.status == 200 && $0.text.contains("Rows with problems") })
            #expect(try server.sql("select count(*) from time_entries") == "2")
            #expect(try await upload("request_key=b", "nonsense").status == 422)
            let out = try await browser.get("/import-export/entries?start_date=2026-03-01&end_date=2026-03-31")
            #expect(
                out.text.contains(
                    "Website,Example client,Design,2026-03-02 09:00:00,2026-03-02 10:30:00,1.50,First draft"))
            let report = try await browser.get(
                "/reports/export?start_date=2026-03-01&end_date=2026-03-31&group=project")
            #expect(report.text == "Project,Hours,Billable hours,Entries,Value (EUR)\r\nWebsite,2.50,1.50,2,0.00\r\n")
        }
    }
}
