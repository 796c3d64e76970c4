import Glibc
import Testing

/// The way of an idle timer through the whole process tree: heartbeat, notice, stop.
@Suite(.serialized) struct IdleTimerTests {
    /// The jobs process looks when it starts and then once a minute; so that nobody waits, it is made to start.
    private static func look(_ server: TestServer) async throws {
        let old = try #require(server.jobsPID)
        kill(old, SIGTERM)
        let isNew = await wait(for: 20) { server.jobsPID.map { $0 != old } ?? false }
        #expect(isNew)
    }

    @Test func aForgottenTimerIsStopped() async throws {
        try await TestServer.with(workers: 1, TestServer.privateNetworks) { server in
            let receiver = try WebhookReceiver()
            _ = try await server.post(
                "/api/v1/webhooks",
                #"{"name":"w","url":"\#(receiver.url)","events":["time_entry.idle","time_entry.stopped"]}"#)
            let events = try await server.get("/api/v1/webhooks/events").json["events"].array.map(\.string)
            #expect(events.contains("time_entry.idle"))
            let project = try await server.makeProject("Site")
            let browser = Browser(server)
            try await browser.signIn()
            let started = try await server.post("/api/v1/timer/start", #"{"project_id":\#(project)}"#)
            let id = try #require(started.json["timer"]["id"].int)
            #expect(try await server.post("/api/v1/timer/heartbeat", "").status == 204)
            #expect(try await browser.request("GET", "/api/stats/value-dashboard").json["entries_count"].int == 0)
            try server.sql(
                """
                update time_entries set start_time = date_trunc('second', now()) - interval '2 hours',
                                        last_heartbeat_at = date_trunc('second', now()) - interval '40 minutes'
                """)
            try await Self.look(server)
            let isNoticed = try await waitAsync(for: 20) {
                try await server.get("/api/v1/timer/status").json["idle_notified"].bool == true
            }
            #expect(isNoticed)
            #expect(try await server.get("/api/v1/timer/status").json["active"].bool == true)
            let notice = try #require(await receiver.wait(for: 1).first)
            #expect(notice.header("x-webhook-event") == "time_entry.idle")
            #expect(notice.json["data"]["time_entry"]["id"].int == id)
            #expect(notice.json["user"]["username"].string == "admin")

            // Five minutes later.
            try server.sql("update time_entries set idle_notified_at = idle_notified_at - interval '5 minutes'")
            try await Self.look(server)
            let isStopped = try await waitAsync(for: 20) {
                try await server.get("/api/v1/timer/status").json["active"].bool == false
            }
            #expect(isStopped)
            let entry = try await server.get("/api/v1/time-entries/\(id)").json["time_entry"]
            #expect(entry["end_time"] == entry["last_heartbeat_at"] && entry["source"].string == "auto")
            #expect(entry["duration_seconds"].int == 4800)
            let stop = try #require(await receiver.wait(for: 2).last)
            #expect(stop.header("x-webhook-event") == "time_entry.stopped")
            #expect(stop.json["data"]["reason"].string == "idle")
            #expect(
                try server.sql(
                    "select count(*) from activities where action = 'stopped' and description like '%no activity since%'"
                )
                    == "1")
            // Figures that were kept are forgotten.
            let isCounted = try await waitAsync(for: 10) {
                try await browser.request("GET", "/api/stats/value-dashboard").json["entries_count"].int == 1
            }
            #expect(isCounted)
        }
    }
}
