import Foundation
import Testing

/// Projects, tasks and clients.
@Suite struct ObjectPageTests {
    @Test func objects() async throws {
        try await TestServer.with { server in
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/clients/new")
            let nameless = try await browser.post("/clients/new", [("name", " "), ("email", "nobody")])
            #expect(nameless.status == 422)
            #expect(nameless.text.contains("Name is needed.") && nameless.text.contains("Not a valid email address."))
            #expect(nameless.text.contains("href=\"#f-name\"") && nameless.text.contains(#"aria-invalid="true""#))
            let client = try await browser.post(
                "/clients/new", [("name", "Harbour"), ("status", "active"), ("request_key", "c")])
            let clientPath = try #require(client.header("location"))
            #expect(clientPath.wholeMatch(of: #//clients/\d+/#) != nil)
            #expect(
                try await browser.post(
                    "/clients/new", [("name", "Harbour"), ("status", "active"), ("request_key", "c")]
                )
                .header("location") == clientPath)
            #expect(
                try await browser.post("/clients/new", [("name", "harbour"), ("request_key", "c2")]).text
                    .contains("A client with this name already exists"))
            let clientID = String(clientPath.split(separator: "/")[1])

            let project = try await browser.post(
                "/projects/new",
                [
                    ("name", "Shop"), ("client_id", clientID), ("hourly_rate", "90.5"), ("billable", "on"),
                    ("status", "active"), ("budget_threshold_percent", "80"), ("code", "shop"),
                ])
            let projectPath = try #require(project.header("location"))
            let projectID = String(projectPath.split(separator: "/")[1])
            #expect(try server.sql("select hourly_rate, code, billable from projects") == "90.50|SHOP|t")
            let bad = try await browser.post(projectPath + "/edit", [("name", "Shop"), ("hourly_rate", "much")])
            #expect(
                bad.status == 422 && bad.text.contains("Not a valid number.") && bad.text.contains(#"value="much""#))
            #expect(try await browser.post(projectPath + "/archive", []).header("location") == projectPath)
            #expect(try server.sql("select status from projects") == "archived")
            _ = try await browser.post(projectPath + "/restore", [])
            #expect(try server.sql("select status from projects") == "active")

            let task = try await browser.post(
                "/tasks/new",
                [
                    ("name", "Design"), ("project_id", projectID), ("status", "todo"), ("priority", "high"),
                    ("due_date", "2030-01-02"),
                ])
            let taskPath = try #require(task.header("location"))
            _ = try await browser.post(taskPath + "/status", [("status", "in_progress")])
            #expect(try server.sql("select status, priority, due_date from tasks") == "in_progress|3|2030-01-02")
            #expect(try await browser.post(taskPath + "/status", [("status", "nonsense")]).status == 400)
            _ = try await browser.post(clientPath + "/delete", [])
            #expect(try server.sql("select count(*) from clients") == "1")
            _ = try await browser.post(taskPath + "/delete", [])
            #expect(try server.sql("select count(*) from tasks") == "0")
        }
    }
}
