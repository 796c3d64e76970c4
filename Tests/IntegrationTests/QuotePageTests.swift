import Foundation
import Testing

/// Pages of quotes, as a browser without scripts meets them.
@Suite struct QuotePageTests {
    private func client(_ server: TestServer) async throws -> Int {
        let reply = try await server.post("/api/v1/clients", #"{"name":"Harbour Coffee","address":"3 Quay Street"}"#)
        return try #require(reply.json["client"]["id"].int)
    }

    /// Fields of a line as the form sends them: what is not named is empty.
    private func line(_ fields: [String: String]) -> [(String, String)] {
        let names = [
            "kind", "description", "quantity", "unit", "price", "name", "category", "date", "sku", "stock", "warehouse",
        ]
        return names.map { ("item_\($0)", fields[$0] ?? ($0 == "kind" ? "item" : "")) }
    }

    private func form(_ client: Int, _ lines: [[String: String]], _ more: [(String, String)] = []) -> [(
        String, String
    )] {
        [
            ("client_id", "\(client)"), ("title", "New shop"), ("currency_code", "EUR"), ("tax_rate", "19"),
            ("discount_type", "percentage"), ("discount_amount", "10"), ("has_lines", "1"),
        ] + lines.flatMap(line) + more
    }

    @Test func madeChangedAndMoved() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await client(server)
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/quotes").text.contains("No quotes yet"))
            #expect(try await browser.get("/quotes/new?client_id=\(client)").status == 200)

            let lines = [
                ["description": "Design", "quantity": "3", "price": "85.50", "unit": "h"], [:],
                ["kind": "good", "name": "Stickers", "price": "20", "sku": "ST-1"],
            ]
            let fields = form(client, lines, [("request_key", "one")])
            // A double click.
            let made = try await parallel(2) { _ in try await browser.post("/quotes/new", fields) }
            let path = try #require(made[0].header("location"))
            #expect(made.allSatisfy { $0.status == 303 && $0.header("location") == path })
            // 256.50 + 20.00, less 10 %, plus 19 %; the empty line is left out.
            #expect(
                try server.sql(
                    "select subtotal, tax_amount, total_amount, (select count(*) from quote_items) from quotes")
                    == "276.50|47.28|296.13|2")
            let page = try await browser.get(path).text
            #expect(
                page.contains("The quote has been saved.") && page.contains("296.13 EUR") && page.contains("Stickers"))
            #expect(page.contains("Mark as sent") && !page.contains(">Accepted</button>"))

            // Changed with the lines that the form shows, and with what somebody else has written meanwhile.
            let edit = try await browser.get(path + "/edit").text
            #expect(edit.contains(#"value="85.50""#) && edit.contains(#"value="ST-1""#) && edit.contains("296.13 EUR"))
            let seen = try #require(edit.firstMatch(of: /name="seen" value="(\d+)"/)).1
            _ = try await server.request("PATCH", "/api/v1\(path)", #"{"notes":"By the API"}"#)
            let change = form(client, [lines[0]], [("seen", String(seen))])
            let refused = try await browser.post(path + "/edit", change)
            #expect(refused.status == 422 && refused.text.contains("Somebody has changed this quote"))
            let now = try #require(refused.text.firstMatch(of: /name="seen" value="(\d+)"/)).1
            #expect(
                try await browser.post(path + "/edit", form(client, [lines[0]], [("seen", String(now))])).status == 303)
            #expect(try server.sql("select total_amount, (select count(*) from quote_items) from quotes") == "274.71|1")

            _ = try await browser.post(path + "/status", [("status", "sent")])
            #expect(try await browser.get(path).text.contains(">Accepted</button>"))
            #expect(try await browser.post(path + "/status", [("status", "accepted")]).status == 303)
            #expect(try server.sql("select status, accepted_by is not null from quotes") == "accepted|t")
            #expect(
                try server.sql("select count(*) from activities where entity_type = 'quote' and action = 'updated'")
                    == "4")
            let odd = try await browser.post(path + "/status", [("status", "rejected")])
            #expect(odd.status == 422 && odd.text.contains("can&#39;t move") || odd.text.contains("can't move"))

            let printed = try await browser.get(path + "/print").text
            #expect(
                printed.contains("3 Quay Street") && printed.contains("274.71 EUR") && !printed.contains("timer-bar"))
            #expect(try await browser.post(path + "/delete", []).header("location") == "/quotes")
            #expect(try await browser.get(path).status == 404)
        }
    }

    @Test func mistakesAreShownWhereTheyAre() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await client(server)
            let browser = Browser(server)
            try await browser.signIn()
            func refused(_ lines: [[String: String]], _ text: String) async throws {
                let page = try await browser.post("/quotes/new", form(client, lines))
                #expect(page.status == 422 && page.text.contains(text), "\(text)")
                #expect(page.text.contains("Kept words") && page.text.contains(##"href="#f-items""##), "\(text)")
            }
            let good = ["description": "Kept words", "price": "1"]
            try await refused([good, ["quantity": "many"]], "Not a valid number.")
            try await refused([good, ["stock": "GHOST"]], "No stock item has the SKU GHOST.")
            try await refused([good, ["warehouse": "GHOST"]], "No warehouse has the code GHOST.")
            #expect(try await browser.post("/quotes/new", [("has_lines", "1"), ("item_kind", "item")]).status == 400)
            #expect(try server.sql("select count(*) from quotes") == "0")

            // More lines, and the sums, without scripts: nothing is stored.
            let more = try await browser.post("/quotes/new", form(client, [good], [("act", "lines")]))
            #expect(more.status == 200 && more.text.matches(of: /data-line>/).count == 9)
            let sums = try await browser.post(
                "/quotes/new", form(client, [["quantity": "2", "price": "50"]], [("act", "totals")]))
            #expect(sums.status == 200 && sums.text.contains("107.10 EUR"))
            #expect(try server.sql("select count(*) from quotes") == "0")

            let item = try await Inventory.item(server, "MUG-1", #","default_price":8"#)
            #expect(try await browser.get("/quotes/new").text.contains(#"<option value="MUG-1""#))
            _ = try await browser.post("/quotes/new", form(client, [["stock": "mug-1", "price": "8"]]))
            #expect(try server.sql("select stock_item_id from quote_items") == "\(item)")
        }
    }

    @Test func whoMayDoWhat() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await client(server)
            let quote = try await server.post(
                "/api/v1/quotes", #"{"client_id":\#(client),"title":"Secret plan","items":[{"unit_price":5}]}"#)
            let id = try #require(quote.json["quote"]["id"].int)
            _ = try server.makeUser("worker")
            _ = try server.makeUser("watcher", role: "viewer")
            let worker = Browser(server)
            try await worker.signIn("worker")
            #expect(try await worker.get("/quotes/\(id)").status == 404)
            #expect(try await worker.get("/quotes/\(id)/print").status == 404)
            #expect(try await !worker.get("/quotes").text.contains("Secret plan"))
            #expect(try await worker.post("/quotes/\(id)/delete", []).status == 403)

            let watcher = Browser(server)
            try await watcher.signIn("watcher")
            let list = try await watcher.get("/quotes")
            #expect(list.status == 200 && !list.text.contains("/quotes/new"))
            #expect(try await watcher.get("/quotes/new").status == 403)
            #expect(try await watcher.post("/quotes/new", form(client, [])).status == 403)

            try server.cli("settings", "set", "disabled_module_ids", #"["quotes"]"#)
            let isOff = try await waitAsync(for: 5) { try await worker.get("/quotes").status == 403 }
            #expect(isOff)
            #expect(try await !worker.get("/dashboard").text.contains("href=\"/quotes\""))
            #expect(try server.sql("select count(*) from quotes") == "1")
        }
    }
}
