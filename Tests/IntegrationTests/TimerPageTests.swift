import Foundation
import Testing

/// The timer above every page, and its own page.
@Suite struct TimerPageTests {
    @Test func timer() async throws {
        try await TestServer.with { server in
            let (_, project, task) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/timer").text.contains(#"value="\#(project):\#(task)""#))
            let nowhere = try await browser.post("/timer/start", [("place", ""), ("notes", "kept words")])
            #expect(nowhere.status == 422)
            #expect(nowhere.text.contains("Choose what the time is for.") && nowhere.text.contains("kept words"))

            let start = [
                ("place", "\(project):\(task)"), ("notes", "Checkout"), ("request_key", "one"),
                ("back", "/entries?tag=a"),
            ]
            // A double click.
            let replies = try await parallel(2) { _ in try await browser.post("/timer/start", start) }
            #expect(replies.allSatisfy { $0.status == 303 && $0.header("location") == "/entries?tag=a" })
            #expect(try server.sql("select count(*) from time_entries where end_time is null") == "1")
            #expect(
                try server.sql(
                    "select string_agg(action, ',' order by id) from activities where entity_type = 'time_entry'")
                    == "started,created")
            let page = try await browser.get("/dashboard")
            #expect(page.text.contains("The timer is running.") && page.text.contains(#"action="/timer/stop""#))
            #expect(page.text.contains("Checkout"))
            let state = try await browser.get("/timer/state").json
            #expect(state["version"].string?.hasPrefix("none") == false)
            #expect(try await browser.get("/timer/bar").text.contains(state["version"].string ?? "?"))

            // With another key it is another start, and one runs already.
            let second = try await browser.post("/timer/start", [("place", "\(project)"), ("request_key", "two")])
            #expect(second.status == 422 && second.text.contains("Stop the running timer first"))

            #expect(try await browser.post("/timer/pause", []).header("location") == "/dashboard")
            #expect(try server.sql("select paused_at is not null from time_entries") == "t")
            _ = try await browser.post("/timer/resume", [])
            #expect(try server.sql("select paused_at is null from time_entries") == "t")
            _ = try await browser.post("/timer/stop", [("back", "//evil.example")])
            #expect(try server.sql("select count(*) from time_entries where end_time is null") == "0")
            #expect(try await browser.post("/timer/stop", []).status == 303)
            #expect(try await browser.get("/dashboard").text.contains("No timer is running any more."))

            let entry = try server.sql("select id from time_entries")
            _ = try await browser.post("/timer/continue", [("entry_id", entry)])
            #expect(
                try server.sql("select notes || ' ' || task_id from time_entries where end_time is null")
                    == "Checkout \(task)")
            _ = try await browser.post("/timer/discard", [])
            #expect(try server.sql("select count(*) from time_entries") == "1")
            #expect(try await browser.get("/timer/state").json["version"].string == "none")
            #expect(try await browser.get("/timer/places?q=web").json["choices"][0]["value"].string == "\(project)")
        }
    }

    @Test func whoIsIdleIsAsked() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            let browser = Browser(server)
            try await browser.signIn()
            _ = try await browser.post("/timer/start", [("place", "\(project)")])
            // Pages say nothing until somebody wants them to.
            #expect(try await !browser.get("/dashboard").text.contains(" data-asks"))
            #expect(try await browser.json("POST", "/timer/heartbeat").status == 204)
            #expect(try server.sql("select last_heartbeat_at is null from time_entries") == "t")
            let chosen = try await browser.post("/timer/idle-notice", [("asks_when_idle", "on"), ("back", "/timer")])
            #expect(chosen.status == 303 && chosen.header("location") == "/timer")
            let page = try await browser.get("/timer")
            #expect(page.text.contains("You will be asked") && page.text.contains(" data-asks"))
            #expect(try await browser.json("POST", "/timer/heartbeat", csrf: "old").status == 400)
            #expect(try await browser.json("POST", "/timer/heartbeat").status == 204)
            #expect(try server.sql("select last_heartbeat_at is not null from time_entries") == "t")

            try server.sql(
                """
                update time_entries set start_time = date_trunc('second', now()) - interval '2 h',
                    last_heartbeat_at = date_trunc('second', now()) - interval '1 h', idle_notified_at = now()
                """)
            let asked = try await browser.get("/dashboard")
            #expect(asked.text.contains("No sign of work since") && asked.text.contains("I was working"))
            let before = try await browser.get("/timer/state").json["version"].string
            #expect(before?.hasSuffix("-idle") == true)
            #expect(try await browser.post("/timer/working", []).status == 303)
            #expect(try server.sql("select idle_notified_at is null from time_entries") == "t")
            #expect(try await browser.get("/timer/state").json["version"].string?.hasSuffix("-idle") == false)
            #expect(try await !browser.get("/dashboard").text.contains("No sign of work since"))

            try server.sql(
                """
                update time_entries set idle_notified_at = now(),
                    last_heartbeat_at = date_trunc('second', now()) - interval '1 h'
                """)
            let page2 = try await browser.get("/dashboard").text
            let time = try #require(page2.firstMatch(of: /name="stop_time" value="([^"]+)"/)).1
            let entry = try server.sql("select id from time_entries")
            _ = try await browser.post("/timer/stop", [("entry_id", entry), ("stop_time", String(time))])
            #expect(try server.sql("select end_time = last_heartbeat_at from time_entries") == "t")
            // Pages that don't know yet that the timer has stopped.
            #expect(try await browser.json("POST", "/timer/heartbeat").status == 204)
            _ = try await browser.post("/timer/idle-notice", [])
            #expect(try server.sql("select asks_when_idle from users where username = 'admin'") == "f")
        }
    }
}
