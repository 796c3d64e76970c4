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

    @Test func clients() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/clients").text.contains("No clients yet."))
            let blank = try await browser.get("/clients/new").text
            #expect(blank.contains(#"<option value="active" selected>"#) && blank.contains(#"maxlength="200""#))
            #expect(blank.contains(#"type="email""#) && blank.contains(#"inputmode="decimal""#))
            let typed = [
                ("name", "<Harbour>"), ("default_hourly_rate", "90.5"), ("prepaid_hours_monthly", "7.25"),
                ("prepaid_reset_day", "28"), ("status", "active"),
            ]
            let path = try #require(try await browser.post("/clients/new", typed).header("location"))
            #expect(try await browser.get(path).text.contains("Your changes have been saved."))
            let form = try await browser.get(path + "/edit").text
            for value in ["&lt;Harbour&gt;", "90.50", "7.25", "28"] { #expect(form.contains(#"value="\#(value)""#)) }
            // What is left empty is cleared, unless it is needed or has a standard.
            let nameless = try await browser.post(path + "/edit", [("name", " ")])
            #expect(nameless.status == 422 && nameless.text.contains("Name is needed."))
            _ = try await browser.post(path + "/edit", [("name", "Harbour")])
            #expect(
                try server.sql("select name, default_hourly_rate, prepaid_reset_day, status from clients")
                    == "Harbour||28|active")
            let list = try await browser.get("/clients?search=harb&status=active").text
            #expect(list.contains("href=\"\(path)\">Harbour") && list.contains("0 of 0"))
            #expect(list.contains(#"value="harb""#) && list.contains(#"<option value="active" selected>"#))
            #expect(try await browser.get("/clients?search=other").text.contains("No client matches."))
            let bad = try await browser.get("/clients?search=%ff")
            #expect(bad.status == 422 && bad.text.contains("<li>Name, company or email: Not a valid string.</li>"))
            #expect(!bad.text.contains("No client matches."))

            let id = try #require(path.split(separator: "/").last)
            _ = try await server.post("/api/v1/projects", #"{"name":"Shop","client_id":\#(id)}"#)
            #expect(try await browser.post(path + "/delete", []).header("location") == path)
            #expect(try await browser.get(path).text.contains("It could not be deleted"))
            _ = try server.sql("delete from projects")
            #expect(try await browser.post(path + "/delete", []).header("location") == "/clients")
            #expect(try await browser.get("/clients").text.contains("It has been deleted."))
        }
    }

    @Test func budgetIsUsedUp() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.get("/projects/new")
            // A client that is made with the project, or neither.
            let fields = [
                ("name", "Shop"), ("new_client", "Harbour"), ("hourly_rate", "100"), ("billable", "on"),
                ("budget_amount", "1000"), ("budget_threshold_percent", "80"),
            ]
            let refused = try await browser.post("/projects/new", fields + [("color", "nonsense")])
            #expect(refused.status == 422 && refused.text.contains("Harbour"))
            #expect(try server.sql("select count(*) from clients") == "0")
            let made = try await browser.post("/projects/new", fields)
            let path = try #require(made.header("location"))
            let twin = try await browser.post("/projects/new", [("name", "Other"), ("new_client", "harbour")])
            #expect(twin.status == 422 && twin.text.contains("There is a client of this name"))
            let id = try server.sql("select id from projects")
            for (day, billable) in [("02", true), ("09", false), ("16", true), ("30", true)] {
                _ = try await server.post(
                    "/api/v1/time-entries",
                    #"{"project_id":\#(id),"start_time":"2026-03-\#(day)T08:00:00Z","end_time":"2026-03-\#(day)T12:00:00Z","billable":\#(billable)}"#
                )
            }
            let page = try await browser.get(path).text
            let used = page.matches(of: /<tr data-label="([^"]+)" data-value="([^"]+)" data-value-2="1000.00">/)
            #expect(used.map { String($0.2) } == ["400.00", "400.00", "800.00", "800.00", "1200.00"])
            #expect(page.contains("-200.00") && page.contains("120 %"))

            _ = try await browser.post("/tasks/new", [("project_id", id), ("name", "Checkout"), ("back", path)])
            #expect(try await browser.get(path).text.contains("Checkout"))
            let client = "/clients/" + (try server.sql("select id from clients"))
            #expect(try await browser.get(client).text.contains("16.00"))
            _ = try await browser.post(client + "/status", [("status", "inactive")])
            #expect(try await browser.get(client).text.contains("Make active"))
            _ = try await browser.post(client + "/status", [("status", "active")])
            #expect(try server.sql("select status from clients") == "active")
        }
    }
}
