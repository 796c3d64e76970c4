import Foundation
import Testing

/// Reports under a name.
@Suite struct SavedReportTests {
    private static let march = [("start_date", "2026-03-01"), ("end_date", "2026-03-31"), ("group", "client")]

    @Test func reportsAreSavedOpenedNamedAndDeleted() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            _ = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/reports/saved").text.contains("No saved reports yet."))
            let form = Self.march + [("project_id", "\(project)"), ("span", "days"), ("request_key", "k")]
            let saved = try await browser.post("/reports/saved", form + [("name", " March  ")])
            let address = try #require(saved.header("location"))
            #expect(saved.status == 303 && address.wholeMatch(of: #//reports/saved/\d+/#) != nil)
            // Sent twice it is saved once.
            #expect(try await browser.post("/reports/saved", form + [("name", "March")]).header("location") == address)
            #expect(
                try server.sql("select name, grouping, period, first_day, is_shared from saved_reports")
                    == "March|client||2026-03-01|f")
            let opened = try #require(try await browser.get(address).header("location"))
            #expect(
                opened
                    == "/reports?start_date=2026-03-01&end_date=2026-03-31&group=client&project_id=\(project)&saved=\(address.split(separator: "/").last ?? "")"
            )
            let page = try await browser.get(opened)
            #expect(page.status == 200 && page.text.contains("<h1>March ") && page.text.contains("1.50"))
            #expect(
                page.text.contains(
                    "/api/v1/reports/summary?start_date=2026-03-01&amp;end_date=2026-03-31&amp;project_id=\(project)"))

            // A span of the calendar goes along with it.
            let year = try #require(Int(try server.sql("select extract(year from now())::int")))
            let yearly = [("start_date", "\(year)-01-01"), ("end_date", "\(year)-12-31"), ("group", "month")]
            let shown = try await browser.get("/reports?start_date=\(year)-01-01&end_date=\(year)-12-31&group=month")
                .text
            #expect(shown.contains("This year, whichever it is then"))
            let running = try await browser.post("/reports/saved", yearly + [("name", "Year"), ("span", "this_year")])
            let yearPath = try #require(running.header("location"))
            try server.sql("update saved_reports set period = 'last_month' where name = 'Year'")
            let (first, last) = try server.sql(
                """
                select date_trunc('month', now())::date - interval '1 month', date_trunc('month', now())::date - 1
                """
            ).split(separator: "|").map { $0.prefix(10) }.pair
            #expect(
                try await browser.get(yearPath).header("location")?
                    .hasPrefix("/reports?start_date=\(first)&end_date=\(last)&group=month&saved=") == true)

            // One name once, whatever its case; a name is needed, and not a long one.
            for (name, said) in [
                ("march", "You have a saved report of this name already."), ("  ", "A name is needed."),
                (String(repeating: "x", count: 101), "Length must be between 1 and 100."),
            ] {
                let refused = try await browser.post("/reports/saved", Self.march + [("name", name), ("span", "days")])
                #expect(
                    refused.status == 422 && refused.text.contains(said) && refused.text.contains("1.50"), "\(name)")
            }
            let kept = try await browser.post("/reports/saved", Self.march + [("name", "march"), ("is_shared", "on")])
            #expect(
                kept.text.contains(#"value="march""#) && kept.text.contains(#"name="is_shared" value="on" checked"#))
            for bad in [[("group", "client"), ("start_date", "2026-03-05"), ("end_date", "2026-03-01")]] {
                #expect(try await browser.post("/reports/saved", bad + [("name", "Bad")]).status == 400)
            }
            #expect(
                try await browser.post("/reports/saved", Self.march + [("name", "Ghost"), ("project_id", "999")]).status
                    == 422)

            #expect(try await browser.post(address, [("name", "Spring")]).header("location") == "/reports/saved")
            let taken = try await browser.post(address, [("name", "YEAR")])
            #expect(
                taken.status == 422 && taken.text.contains("of this name already")
                    && taken.text.contains(#"value="YEAR""#))
            #expect(try await browser.get("/reports").text.contains(">Spring</a>"))
            #expect(try await browser.post(address + "/delete", []).header("location") == "/reports/saved")
            #expect(try await browser.get(address).status == 404)
            #expect(try server.sql("select string_agg(name, ',') from saved_reports") == "Year")
        }
    }

    @Test func sharingShowsTheFilterAndNoFigures() async throws {
        try await TestServer.with(workers: 1) { server in
            let (_, project, _) = try await Pages.place(server)
            _ = try await Pages.entry(server, project, "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z")
            try server.cli("user", "create", "ann", "--role", "user", "--password", TestServer.password)
            try server.cli("user", "create", "vera", "--role", "viewer", "--password", TestServer.password)
            let (owner, ann, vera) = (Browser(server), Browser(server), Browser(server))
            try await owner.signIn()
            try await ann.signIn("ann")
            try await vera.signIn("vera")
            func save(_ browser: Browser, _ name: String, _ more: [(String, String)] = []) async throws -> String {
                try #require(
                    try await browser.post("/reports/saved", Self.march + [("name", name), ("span", "days")] + more)
                        .header("location"))
            }
            let own = try await save(owner, "Mine")
            let shared = try await save(owner, "Ours", [("is_shared", "on")])
            #expect(try await ann.get(own).status == 404)
            #expect(try await ann.post(own + "/delete", []).status == 404)
            let opened = try #require(try await ann.get(shared).header("location"))
            let page = try await ann.get(opened).text
            // Her own hours of that span: none.
            #expect(page.contains("<h1>Ours ") && page.contains("No time in this span.") && !page.contains(">Mine</a>"))
            #expect(try await ann.post(shared, [("name", "Hers")]).status == 403)
            #expect(try await ann.post(shared + "/delete", []).status == 403)
            #expect(try await vera.get(shared).status == 303)
            #expect(try await !vera.get("/reports").text.contains("Save this report"))
            #expect(try await vera.post("/reports/saved", Self.march + [("name", "Mine")]).status == 403)
            // The same name is free to somebody else; an administrator takes away what others share.
            let hers = try await save(ann, "ours", [("is_shared", "on")])
            let list = try await owner.get("/reports/saved").text
            #expect(list.contains(">ours</a>") && list.contains("<td data-label=\"Owner\">ann</td>"))
            #expect(try await owner.post(hers, [("name", "His")]).status == 403)
            #expect(try await owner.post(hers + "/delete", []).status == 303)
            // No more shared, no more seen.
            #expect(try await owner.post(shared, [("name", "Ours")]).status == 303)
            #expect(try await ann.get(shared).status == 404)

            try server.sql(
                """
                insert into saved_reports (user_id, name, grouping, period)
                select 1, 'Report ' || n, 'day', 'this_week' from generate_series(1, 98) n
                """)
            let full = try await owner.post("/reports/saved", Self.march + [("name", "One more"), ("span", "days")])
            #expect(full.status == 422 && full.text.contains("You have 100 saved reports"))
        }
    }
}

extension Array {
    fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
