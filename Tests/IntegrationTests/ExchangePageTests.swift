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
            // Looked at first: nothing is imported yet, and a double click leaves one file.
            let replies = try await parallel(2) { _ in try await upload("request_key=a", csv) }
            let path = try #require(replies[0].header("location"))
            #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == path })
            #expect(try server.sql("select count(*) from import_files") == "1")
            let checked = try await browser.get(path)
            #expect(checked.text.contains("What would be done") && checked.text.contains("Import 2 entries"))
            #expect(checked.text.contains("Rows with problems") && checked.text.contains("First draft"))
            #expect(checked.text.contains(">Project</span>") && checked.text.contains("yesterday"))
            let bad = try await browser.get(path + "/bad-rows").text
            #expect(bad.hasPrefix("Row,Problem,project_name,") && bad.contains("4,") && bad.contains(",yesterday,"))
            #expect(try server.sql("select count(*) from time_entries") == "0")
            let imports = try await parallel(2) { _ in
                try await browser.post(path + "/import", [("request_key", "i")])
            }
            #expect(imports.allSatisfy { $0.status == 303 && $0.header("location") == path })
            // Once, also with another key.
            #expect(try await browser.post(path + "/import", [("request_key", "j")]).status == 303)
            #expect(try server.sql("select count(*) from time_entries") == "2")
            #expect(try await browser.get(path).text.contains("What was done"))

            // Nobody else's, and only the newest few.
            try server.cli("user", "create", "other", "--password", TestServer.password)
            let other = Browser(server)
            try await other.signIn("other")
            #expect(try await other.get(path).status == 404)
            #expect(try await other.get(path + "/bad-rows").status == 404)
            #expect(try await other.post(path + "/import", []).status == 404)
            let hopeless = try await upload("request_key=c", "project_name,start_time\r\nWebsite,never\r\n")
            let page = try await browser.get(try #require(hopeless.header("location"))).text
            #expect(page.contains("No row of this file can be imported.") && !page.contains("/import\""))
            for key in ["d", "e", "f"] { _ = try await upload("request_key=\(key)", csv) }
            #expect(try server.sql("select count(*) from import_files") == "3")
            #expect(try await browser.get(path).status == 404)

            let all = try await browser.get("/import-export/everything")
            #expect(all.header("content-disposition")?.contains("timetracker-export.json") == true)
            #expect(all.json["time_entries"].array.count == 2 && all.json["user"]["username"].string == "admin")
            #expect(!all.text.contains("password"))
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
