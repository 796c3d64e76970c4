import Foundation
import Testing

/// `/admin/activity` (behaviour.md §12.19), as a browser without scripts meets it.
@Suite struct ActivityPageTests {
    private static let home = "/admin/activity"

    @Test func tellsWhatWasDoneByWhom() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.cli("settings", "set", "timezone", "Europe/Berlin")
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get(Self.home).text.contains("Nothing has been changed yet"))
            let (client, project, task) = try await Pages.place(server)
            _ = try server.makeUser("ann")
            let ann = try server.sql("select id from users where username = 'ann'")
            try server.sql(
                """
                insert into activities (user_id, action, entity_type, entity_id, description, created_at, ip_address)
                values (\(ann), 'deleted', 'task', 77, 'Deleted task <Old>', '2026-03-01T22:59:59Z', '192.0.2.7'),
                       (\(ann), 'updated', 'project', \(project), 'Updated project Mine', '2026-03-01T23:00:00Z', null)
                """)
            let all = try await browser.get(Self.home).text
            for path in ["/clients/\(client)", "/projects/\(project)", "/tasks/\(task)"] {
                #expect(all.contains("href=\"\(path)\""), "\(path)")
            }
            #expect(all.contains("Deleted task &lt;Old&gt;") && !all.contains("/tasks/77") && all.contains("192.0.2.7"))
            // Days are those of the reader's clocks: the 2nd began at 23:00 UTC.
            #expect(all.contains("2026-03-01 23:59") && all.contains("2026-03-02 00:00"))
            func has(_ query: String, _ deleted: Bool, _ updated: Bool) async throws {
                let page = try await browser.get(Self.home + "?" + query)
                #expect(page.status == 200, "\(query)")
                #expect(page.text.contains("&lt;Old&gt;") == deleted, "\(query)")
                #expect(page.text.contains("Updated project Mine") == updated, "\(query)")
            }
            try await has("start_date=2026-03-02&end_date=2026-03-02", false, true)
            try await has("end_date=2026-03-01", true, false)
            try await has("user_id=\(ann)", true, true)
            try await has("user_id=1", false, false)
            try await has("entity_type=task&user_id=\(ann)", true, false)
            try await has("action=updated", false, true)
            #expect(try await browser.get(Self.home + "?action=stopped").text.contains("No activity matches"))
            for query in [
                "user_id=x", "entity_type=nonsense", "action=nonsense", "start_date=soon", "before=x",
                "start_date=2026-03-02&end_date=2026-03-01", "entity_type=%00",
            ] {
                #expect(try await browser.get(Self.home + "?" + query).status == 422, "\(query)")
            }
        }
    }

    @Test func leafsFromPageToPage() async throws {
        try await TestServer.with(workers: 1) { server in
            try server.sql(
                """
                insert into activities (user_id, action, entity_type, entity_id, description)
                select 1, 'updated', 'project', n, 'Step ' || n || '.' from generate_series(1, 120) n
                """)
            let browser = Browser(server)
            try await browser.signIn()
            var path: String? = Self.home + "?action=updated"
            var seen: [Int] = []
            var pages = 0
            while let next = path, pages < 10 {
                let page = try await browser.get(next).text
                seen += page.matches(of: /Step (\d+)\./).compactMap { Int($0.1) }
                let link = page.firstMatch(of: /rel="next" href="([^"]+)"/).map { String($0.1) }
                path = link?.replacing("&amp;", with: "&")
                pages += 1
            }
            #expect(pages == 3 && seen == Array((1...120).reversed()))
            _ = try server.makeUser("ann")
            let other = Browser(server)
            try await other.signIn("ann", TestServer.password)
            #expect(try await other.get(Self.home).status == 403)
        }
    }
}
