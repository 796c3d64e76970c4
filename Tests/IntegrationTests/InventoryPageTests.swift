import Foundation
import Testing

/// Pages of the inventory, as a browser without scripts meets them.
@Suite struct InventoryPageTests {
    @Test func itemsAndWarehouses() async throws {
        try await TestServer.with(workers: 1) { server in
            let browser = Browser(server)
            try await browser.signIn()
            #expect(try await browser.get("/inventory").header("location") == "/inventory/items")
            for path in [
                "items", "levels", "movements", "transfers", "warehouses", "reports/turnover", "reports/low-stock",
            ] {
                let page = try await browser.get("/inventory/\(path)")
                #expect(page.status == 200 && page.text.contains("empty"), "\(path) says what to do")
            }
            let bad = try await browser.post(
                "/inventory/items/new", [("name", "Mug"), ("sku", ""), ("default_cost", "x")])
            #expect(
                bad.status == 422 && bad.text.contains("SKU is needed.") && bad.text.contains("Not a valid number."))
            let made = try await browser.post(
                "/inventory/items/new",
                [("name", "Mug"), ("sku", "mug-1"), ("default_cost", "4"), ("is_trackable", "on"), ("is_active", "on")])
            let item = try #require(made.header("location"))
            #expect(try await browser.get(item).text.contains("MUG-1"))
            let twin = try await browser.post("/inventory/items/new", [("name", "Mug"), ("sku", "MUG-1")])
            #expect(twin.status == 422)
            _ = try await browser.get(item + "/edit")
            let changed = try await browser.post(
                item + "/edit", [("name", "Big mug"), ("sku", "MUG-1"), ("is_trackable", "on"), ("is_active", "on")])
            #expect(changed.header("location") == item)
            #expect(try server.sql("select name, default_cost is null from stock_items") == "Big mug|t")
            _ = try await browser.post(item + "/deactivate", [])
            #expect(try await browser.get(item).text.contains("Out of use"))
            _ = try await browser.post(item + "/activate", [])
            #expect(try server.sql("select is_active, name from stock_items") == "t|Big mug")

            let house = try await browser.post(
                "/inventory/warehouses/new", [("name", "Cellar"), ("code", "c1"), ("is_active", "on")])
            let path = try #require(house.header("location"))
            #expect(try await browser.get(path).text.contains("C1"))
            _ = try await browser.post(path + "/deactivate", [])
            #expect(try await browser.get("/inventory/warehouses").text.contains("No warehouses yet"))
            #expect(try await browser.get("/inventory/warehouses?active_only=false").text.contains("Cellar"))
            #expect(try await browser.get("/inventory/levels?warehouse_id=x").status == 422)
            #expect(try await browser.get("/inventory/items/999999").status == 404)
        }
    }

    @Test func stockMoves() async throws {
        try await TestServer.with(workers: 1) { server in
            let item = try await Inventory.item(
                server, "MUG-1", #","default_cost":4,"reorder_point":10,"category":"=Cups""#)
            let (a, b) = (try await Inventory.warehouse(server, "A"), try await Inventory.warehouse(server, "B"))
            let browser = Browser(server)
            try await browser.signIn()
            @Sendable func move(_ fields: [(String, String)]) async throws -> HTTPReply {
                try await browser.post(
                    "/inventory/movements/new",
                    [("stock_item_id", "\(item)"), ("warehouse_id", "\(a)")] + fields)
            }
            let buy = [("movement_type", "purchase"), ("direction", "in"), ("quantity", "12"), ("request_key", "k")]
            let bought = try await parallel(2) { _ in try await move(buy) }
            #expect(bought.allSatisfy { $0.status == 303 })
            #expect(try server.sql("select quantity_on_hand from warehouse_stock") == "12.00")
            let tooMuch = try await move([("movement_type", "sale"), ("direction", "out"), ("quantity", "20")])
            #expect(tooMuch.status == 422 && tooMuch.text.contains("Not saved yet"))
            #expect(try await move([("movement_type", "sale"), ("direction", "out"), ("quantity", "2")]).status == 303)
            #expect(try await move([("quantity", "soon")]).status == 422)

            let transfer = try await browser.post(
                "/inventory/transfers/new",
                [
                    ("stock_item_id", "\(item)"), ("from_warehouse_id", "\(a)"), ("to_warehouse_id", "\(b)"),
                    ("quantity", "3"), ("notes", "@home"),
                ])
            let path = try #require(transfer.header("location"))
            #expect(try await browser.get(path).text.contains("House B (B)"))
            let same = try await browser.post(
                "/inventory/transfers/new",
                [
                    ("stock_item_id", "\(item)"), ("from_warehouse_id", "\(a)"), ("to_warehouse_id", "\(a)"),
                    ("quantity", "3"),
                ])
            #expect(same.status == 422 && same.text.contains("The warehouses must be different."))

            let levels = try await browser.get("/inventory/levels").text
            #expect(levels.contains("House A (A)") && levels.contains("low"))
            let movements = try await browser.get("/inventory/movements?movement_type=transfer").text
            #expect(movements.contains("−3") && movements.contains("+3") && !movements.contains("+12"))
            #expect(try await browser.get("/inventory/reports/valuation").text.contains("40.00 EUR"))
            #expect(try await browser.get("/inventory/reports/turnover").text.contains("MUG-1"))
            #expect(try await browser.get("/inventory/reports/low-stock").text.contains("Record a purchase"))
            #expect(try await browser.get("/inventory/items/\(item)").text.contains("Latest movements"))
            #expect(try await browser.get("/inventory/warehouses/\(b)").text.contains("MUG-1"))

            // What a spreadsheet would run has an apostrophe before it.
            let value = try await browser.get("/inventory/reports/valuation/export")
            #expect(value.header("content-type") == "text/csv; charset=utf-8" && value.text.contains(",'=Cups,"))
            #expect(try await browser.get("/inventory/movements/export").text.contains(",'@home"))
            for report in ["turnover", "low-stock"] {
                #expect(
                    try await browser.get("/inventory/reports/\(report)/export").text.contains("MUG-1"), "\(report)")
            }
        }
    }

    @Test func whoMayDoWhat() async throws {
        try await TestServer.with(workers: 1) { server in
            let item = try await Inventory.item(server, "MUG-1")
            _ = try server.makeUser("watcher", role: "viewer")
            let watcher = Browser(server)
            try await watcher.signIn("watcher")
            for path in ["items", "warehouses", "movements", "transfers"] {
                #expect(try await !watcher.get("/inventory/\(path)").text.contains("/\(path)/new"), "\(path)")
                #expect(try await watcher.get("/inventory/\(path)/new").status == 403, "\(path)")
                #expect(try await watcher.post("/inventory/\(path)/new", []).status == 403, "\(path)")
            }
            #expect(try await watcher.post("/inventory/items/\(item)/deactivate", []).status == 403)
            try server.cli("settings", "set", "disabled_module_ids", #"["inventory"]"#)
            let isOff = try await waitAsync(for: 5) { try await watcher.get("/inventory/items").status == 403 }
            #expect(isOff)
        }
    }
}
