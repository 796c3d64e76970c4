import Foundation
import Testing

/// The task board.
@Suite struct BoardPageTests {
    /// What the board's forms know of a task.
    private func seen(_ task: Int, _ page: String) throws -> String {
        let pattern = try Regex(
            "name=\"task_id\" value=\"\(task)\"><input type=\"hidden\" name=\"seen\" value=\"([0-9]+)\"")
        return String(try #require(page.firstMatch(of: pattern)?.output[1].substring))
    }

    private func lane(_ status: String, _ page: String) -> String {
        guard let start = page.range(of: "data-status=\"\(status)\""),
            let end = page.range(of: "</section>", range: start.upperBound..<page.endIndex)
        else { return "" }
        return String(page[start.upperBound..<end.lowerBound])
    }

    @Test func tasksAreMovedAndBack() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, _, task) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            let page = try await browser.get("/tasks/board").text
            #expect(lane("todo", page).contains("/tasks/\(task)\"") && lane("review", page).contains("No tasks"))
            let before = try seen(task, page)
            let fields = [("task_id", "\(task)"), ("seen", before), ("from", "todo")]
            let moved = try await browser.post(
                "/tasks/board/move",
                fields + [("status", "done"), ("to", "in_progress"), ("back", "/tasks/board?assigned_to=nobody")])
            #expect(
                moved.status == 303
                    && moved.header("location") == "/tasks/board?assigned_to=nobody&moved=\(task)&from=todo")
            #expect(try server.sql("select status, started_at is not null from tasks") == "in_progress|t")
            let after = try await browser.get("/tasks/board?assigned_to=nobody&moved=\(task)&from=todo").text
            #expect(
                lane("in_progress", after).contains("/tasks/\(task)\"")
                    && after.contains("“Website” is now In Progress."))
            // The operation's activity and its event are those of the API.
            #expect(try server.sql("select count(*) from activities where action = 'status_changed'") == "1")

            // Who still sees the old board moves nothing, and is told where the task is.
            let late = try await browser.post("/tasks/board/move", fields + [("status", "review")])
            #expect(
                late.status == 422 && late.text.contains("“Website” has been changed meanwhile and is now In Progress.")
            )
            #expect(lane("in_progress", late.text).contains("/tasks/\(task)\""))
            #expect(try server.sql("select status from tasks") == "in_progress")

            let undo = [("task_id", "\(task)"), ("seen", try seen(task, after)), ("status", "todo"), ("undo", "1")]
            #expect(try await browser.post("/tasks/board/move", undo).header("location") == "/tasks/board")
            #expect(try await browser.get("/tasks/board").text.contains("The task is back where it was."))
            #expect(try server.sql("select status from tasks") == "todo")
        }
    }

    @Test func whatIsAskedForIsShown() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, task) = try await Pages.place(server)
            let (_, other, _) = try await Pages.place(server, name: "Garden")
            _ = try await server.post(
                "/api/v1/tasks", #"{"name":"Mine","project_id":\#(project),"assignee_id":1,"due_date":"2020-01-01"}"#)
            try server.cli("user", "create", "vera", "--role", "viewer", "--password", TestServer.password)
            let browser = Browser(server)
            try await browser.signIn()
            func board(_ query: String) async throws -> String {
                let page = try await browser.get("/tasks/board" + query)
                #expect(page.status == 200, "\(query)")
                return page.text
            }
            #expect(try await board("?project_id=\(other)").matches(of: /class="task-card"/).count == 1)
            #expect(try await board("?assigned_to=1").contains("overdue 2020-01-01"))
            #expect(try await !board("?assigned_to=nobody").contains(">Mine</a>"))
            #expect(try await board("").matches(of: /class="task-card"/).count == 3)
            // A column shows as many as can be looked through, and leads to the rest.
            try server.sql(
                """
                insert into tasks (project_id, name, status, created_by)
                select \(project), 'Old ' || n, 'done', 1 from generate_series(1, 25) n
                """)
            let full = try await board("?project_id=\(project)")
            #expect(lane("done", full).matches(of: /class="task-card"/).count == 20)
            #expect(lane("done", full).contains("/tasks?project_id=\(project)&amp;status=done\">All 25"))
            #expect(try await browser.get("/tasks/board?project_id=x").status == 422)
            for form in [[("task_id", "x")], [("task_id", "\(task)"), ("seen", "1"), ("status", "nonsense")]] {
                #expect(try await browser.post("/tasks/board/move", form).status == 400)
            }
            let gone = [("task_id", "999"), ("seen", "1"), ("status", "done")]
            #expect(try await browser.post("/tasks/board/move", gone).status == 404)

            let viewer = Browser(server)
            try await viewer.signIn("vera")
            let seen = try await viewer.get("/tasks/board").text
            #expect(seen.contains("Website") && !seen.contains("/tasks/board/move"))
            let refused = try await viewer.post(
                "/tasks/board/move", [("task_id", "\(task)"), ("seen", "1"), ("status", "done")])
            #expect(refused.status == 403)
        }
    }
}
