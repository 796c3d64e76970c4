import Testing

/// Valuation and the other inventory reports (behaviour.md §9.7).
@Suite struct InventoryReportTests {
    @Test func valuationFollowsTheCostLayers() async throws {
        try await TestServer.with(workers: 1) { server in
            let main = try await Inventory.warehouse(server, "W1")
            let side = try await Inventory.warehouse(server, "W2")
            let item = try await Inventory.item(server, "A", #","default_cost":5,"category":"Cables""#)
            _ = try await Inventory.move(server, item, main, "10", #","movement_type":"purchase","unit_cost":4"#)
            _ = try await Inventory.move(server, item, main, "10", #","movement_type":"purchase","unit_cost":6"#)
            // 12 oldest go: 10 at 4, 2 at 6; 8 at 6 stay.
            _ = try await Inventory.move(server, item, main, "-12", #","movement_type":"sale""#)
            func total(_ query: String = "") async throws -> JSON {
                try await server.get("\(Inventory.base)/reports/valuation\(query)").json
            }
            #expect(try await total()["total_value"].double == 48)
            let transfer = try await server.post(
                "\(Inventory.base)/transfers",
                #"{"stock_item_id":\#(item),"from_warehouse_id":\#(main),"to_warehouse_id":\#(side),"quantity":3}"#)
            #expect(transfer.status == 201)
            let report = try await total()
            #expect(report["total_value"].double == 48)
            #expect(report["by_warehouse"]["House W1 (W1)"]["value"].double == 30)
            #expect(report["by_warehouse"]["House W2 (W2)"]["value"].double == 18)
            #expect(report["by_category"]["Cables"]["value"].double == 48)
            #expect(report["item_details"].array.map { $0["cost"].double } == [6, 6])
            #expect(report["mixed_currencies"].bool == false)
            // Half of the three in W2 loses half of its worth.
            let devalued = try await Inventory.move(
                server, item, side, "1.5", #","movement_type":"devaluation","devalue_percent":50"#)
            #expect(devalued.json["updated_stock"]["quantity_on_hand"].double == 3)
            #expect(try await total("?warehouse_id=\(side)")["total_value"].double == 13.5)
            _ = try await Inventory.move(server, item, main, "-2", #","movement_type":"rent""#)
            #expect(try await total("?warehouse_id=\(main)")["total_value"].double == 18)
            // Stock from before there were lots counts at the default cost.
            try server.sql("delete from stock_lots where warehouse_id = \(main)")
            #expect(try await total("?warehouse_id=\(main)")["total_value"].double == 15)
            #expect(try await total("?category=none")["total_value"].double == 0)
            let dollars = try await Inventory.item(server, "B", #","default_cost":1,"currency_code":"USD""#)
            _ = try await Inventory.move(server, dollars, main, "1")
            #expect(try await total()["mixed_currencies"].bool == true)
            #expect(try await total("?currency_code=usd")["total_value"].double == 1)
        }
    }

    @Test func reports() async throws {
        try await TestServer.with(workers: 1) { server in
            let main = try await Inventory.warehouse(server, "W1")
            let item = try await Inventory.item(server, "A", #","reorder_point":5,"reorder_quantity":7"#)
            let empty = try await Inventory.item(server, "B", #","reorder_point":1"#)
            _ = try await Inventory.move(server, item, main, "10", #","reference_type":"po","reference_id":7"#)
            _ = try await Inventory.move(server, item, main, "-6", #","movement_type":"sale","reference_type":"order""#)
            try server.sql("update stock_movements set moved_at = '2024-01-01 12:00Z' where quantity > 0")
            try server.sql("update stock_movements set moved_at = '2024-01-11 12:00Z' where quantity < 0")
            let history = try await server.get("\(Inventory.base)/reports/movement-history").json
            #expect(history["movements"].array.map { $0["reference"].string } == ["order", "po#7"])
            #expect(history["total_movements"].int == 2)
            #expect(history["pagination"].isNull)
            let paged = try await server.get(
                "\(Inventory.base)/reports/movement-history?per_page=1&movement_type=sale&date_from=2024-01-11&date_to=2024-01-11"
            ).json
            #expect(paged["movements"][0]["quantity"].double == -6)
            #expect(paged["pagination"]["total"].int == 1)
            #expect(try await server.get("\(Inventory.base)/reports/movement-history?stock_item_id=x").status == 400)
            let turnover = try await server.get(
                "\(Inventory.base)/reports/turnover?start_date=2024-01-02&end_date=2024-01-31"
            ).json
            #expect(turnover["start_date"].string == "2024-01-02T00:00:00Z")
            #expect(turnover["end_date"].string == "2024-01-31T23:59:59Z")
            // 6 sold of (10 + 4) / 2 = 7 on average; 29 whole days.
            let row = turnover["items"][0]
            #expect(row["quantity_sold"].double == 6)
            #expect(row["avg_stock"].double == 7)
            #expect(row["turnover_rate"].double == 0.8571)
            #expect(row["days_on_hand"].double == 33.83)
            #expect(turnover["items"].array.count == 1)
            #expect(
                try await server.get("\(Inventory.base)/reports/turnover?item_id=\(empty)").json["items"].array.isEmpty)
            let low = try await server.get("\(Inventory.base)/reports/low-stock").json["items"]
            #expect(low.array.map { $0["item_sku"].string } == ["A", "B"])
            #expect(low[0]["shortfall"].double == 1)
            #expect(low[0]["reorder_quantity"].double == 7)
            #expect(low[1]["warehouse_id"].isNull)
            #expect(low[1]["reorder_quantity"].double == 0)
            let there = try await server.get("\(Inventory.base)/reports/low-stock?warehouse_id=\(main)").json["items"]
            #expect(there.array.count == 1)
            #expect(try await server.get("\(Inventory.base)/items/\(item)").json["item"]["is_low_stock"].bool == true)
        }
    }
}
