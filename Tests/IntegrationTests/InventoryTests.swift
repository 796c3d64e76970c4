import Testing

/// Inventory over HTTP (behaviour.md §9).
@Suite struct InventoryTests {
    @Test func items() async throws {
        try await TestServer.with(workers: 1) { server in
            let created = try await server.post(
                "\(Inventory.base)/items",
                #"""
                {"sku":" cab-1 ","name":"Cable","category":"Cables","default_cost":"8.005","reorder_point":5,
                 "reorder_quantity":20,"supplier":"S","supplier_sku":"X","currency_code":"usd"}
                """#)
            #expect(created.status == 201)
            let item = created.json["item"]
            #expect(item["sku"].string == "CAB-1")
            #expect(item["default_cost"].double == 8.01)
            #expect(item["unit"].string == "pcs")
            #expect(item["currency_code"].string == "USD")
            #expect(item["total_quantity_on_hand"].double == 0)
            #expect(item["is_low_stock"].bool == false)
            let id = try #require(item["id"].int)
            let missing = try await server.post("\(Inventory.base)/items", "{}")
            #expect(missing.json["errors"].keys == ["sku", "name"])
            let twice = try await server.post("\(Inventory.base)/items", #"{"sku":"Cab-1","name":"x"}"#)
            #expect(twice.status == 400)
            #expect(twice.json["errors"].keys == ["sku"])
            let updated = try await server.put(
                "\(Inventory.base)/items/\(id)", #"{"sku":"cab-2","is_trackable":false}"#)
            #expect(updated.json["item"]["sku"].string == "CAB-2")
            #expect(updated.json["item"]["total_quantity_on_hand"].isNull)
            #expect(try await server.get("\(Inventory.base)/items/\(id)").json["item"]["supplier_sku"].string == "X")
            #expect(try await server.get("\(Inventory.base)/items/99").status == 404)
            #expect(try await server.put("\(Inventory.base)/items/99", "{}").status == 404)
            #expect(try await server.delete("\(Inventory.base)/items/99").status == 404)
            #expect(try await server.get("\(Inventory.base)/items?search=aB-2").json["items"].array.count == 1)
            #expect(try await server.get("\(Inventory.base)/items?search=%25").json["items"].array.isEmpty)
            #expect(try await server.get("\(Inventory.base)/items?category=Cables").json["items"].array.count == 1)
            #expect(try await server.get("\(Inventory.base)/items?active_only=perhaps").status == 400)
            #expect(try await server.delete("\(Inventory.base)/items/\(id)").status == 200)
            #expect(try await server.get("\(Inventory.base)/items").json["pagination"]["total"].int == 0)
            #expect(try await server.get("\(Inventory.base)/items?active_only=false").json["items"].array.count == 1)
        }
    }

    @Test func warehousesLevelsAndAvailability() async throws {
        try await TestServer.with(workers: 1) { server in
            let main = try await Inventory.warehouse(server, "wh-1")
            let side = try await Inventory.warehouse(server, "WH-2")
            let twice = try await server.post("\(Inventory.base)/warehouses", #"{"code":"WH-1","name":"x"}"#)
            #expect(twice.json["errors"].keys == ["code"])
            #expect(
                try await server.post("\(Inventory.base)/warehouses", "{}").json["errors"].keys == ["code", "name"])
            let list = try await server.get("\(Inventory.base)/warehouses").json
            #expect(list["warehouses"].array.map { $0["code"].string } == ["WH-1", "WH-2"])
            #expect(list["items"] == list["warehouses"])
            let renamed = try await server.put("\(Inventory.base)/warehouses/\(side)", #"{"contact_phone":"1"}"#)
            #expect(renamed.json["warehouse"]["contact_phone"].string == "1")
            #expect(
                try await server.get("\(Inventory.base)/warehouses/\(side)").json["warehouse"]["name"].string != nil)
            #expect(try await server.get("\(Inventory.base)/warehouses/99").status == 404)
            let item = try await Inventory.item(server, "A", #","category":"c""#)
            _ = try await Inventory.move(server, item, main, "10.5")
            _ = try await Inventory.move(server, item, side, "2")
            try server.sql("update warehouse_stock set quantity_reserved = 0.5 where warehouse_id = \(main)")
            let levels = try await server.get("\(Inventory.base)/stock-levels").json["stock_levels"]
            #expect(levels.array.map { $0["warehouse"]["code"].string } == ["WH-1", "WH-2"])
            #expect(levels[0]["quantity_on_hand"].double == 10.5)
            #expect(levels[0]["quantity_available"].double == 10)
            #expect(levels[0]["stock_item"]["total_quantity_on_hand"].double == 12.5)
            for filter in ["warehouse_id=\(side)", "stock_item_id=\(item)&per_page=1&page=2"] {
                let page = try await server.get("\(Inventory.base)/stock-levels?\(filter)").json["stock_levels"]
                #expect(page.array.map { $0["warehouse"]["code"].string } == ["WH-2"])
            }
            #expect(
                try await server.get("\(Inventory.base)/stock-levels?category=x").json["stock_levels"].array.isEmpty)
            #expect(try await server.get("\(Inventory.base)/stock-levels?warehouse_id=x").status == 400)
            let places = try await server.get("\(Inventory.base)/items/\(item)/availability?warehouse_id=\(main)").json
            #expect(places["item_sku"].string == "A")
            #expect(places["availability"].array.count == 1)
            #expect(places["availability"][0]["quantity_available"].double == 10)
            #expect(try await server.get("\(Inventory.base)/items/99/availability").status == 404)
            #expect(try await server.delete("\(Inventory.base)/warehouses/\(side)").status == 200)
            #expect(try await server.get("\(Inventory.base)/warehouses").json["pagination"]["total"].int == 1)
        }
    }

    @Test func movements() async throws {
        try await TestServer.with(workers: 1) { server in
            let house = try await Inventory.warehouse(server, "W")
            let item = try await Inventory.item(server, "A", #","default_cost":5"#)
            let first = try await Inventory.move(
                server, item, house, "10",
                #","movement_type":"purchase","unit_cost":4,"reference_type":"po","reference_id":7"#,
                headers: ["Idempotency-Key": "m"])
            #expect(first.status == 201)
            #expect(first.json["movement"]["quantity"].double == 10)
            #expect(first.json["updated_stock"]["quantity_on_hand"].double == 10)
            let replay = try await Inventory.move(server, item, house, "99", headers: ["Idempotency-Key": "m"])
            #expect(replay.json == first.json)
            for (quantity, more, code) in [
                ("0", "", "validation_error"), (#""x""#, "", "validation_error"), ("1.234", "", "validation_error"),
                ("1e12", "", "validation_error"), ("-1", #","movement_type":"return""#, "validation_error"),
                ("1", #","movement_type":"waste""#, "validation_error"),
                ("1", #","movement_type":"transfer""#, "validation_error"),
                ("1", #","movement_type":"magic""#, "validation_error"),
                ("-11", #","movement_type":"sale""#, "insufficient_stock"),
                ("-11", #","movement_type":"rent""#, "insufficient_stock"),
                ("99999999.99", "", "validation_error"),
                ("1", #","movement_type":"devaluation""#, "validation_error"),
            ] {
                let reply = try await Inventory.move(server, item, house, quantity, more)
                #expect(reply.status == 400, "\(quantity) \(more)")
                #expect(reply.json["error_code"].string == code, "\(quantity) \(more)")
            }
            #expect(try await Inventory.move(server, 99, house, "1").status == 404)
            #expect(try await Inventory.move(server, item, 99, "1").status == 404)
            #expect(
                try await server.post("\(Inventory.base)/movements", "{}").json["errors"].keys
                    == ["stock_item_id", "warehouse_id", "quantity"])
            let clamped = try await Inventory.move(server, item, house, "-30")
            #expect(clamped.json["movement"]["quantity"].double == -10)
            #expect(clamped.json["updated_stock"]["quantity_on_hand"].double == 0)
            #expect(try server.sql("select sum(quantity) from stock_movements") == "0.00")
        }
    }

    @Test func transfers() async throws {
        try await TestServer.with(workers: 1) { server in
            let main = try await Inventory.warehouse(server, "W1")
            let side = try await Inventory.warehouse(server, "W2")
            let item = try await Inventory.item(server, "A")
            _ = try await Inventory.move(server, item, main, "10")
            func transfer(_ body: String) async throws -> HTTPReply {
                try await server.post("\(Inventory.base)/transfers", body)
            }
            func body(_ item: Int, _ from: Int, _ to: Int, _ quantity: String) -> String {
                #"{"stock_item_id":\#(item),"from_warehouse_id":\#(from),"to_warehouse_id":\#(to),"quantity":\#(quantity),"notes":"n"}"#
            }
            let missing = try await transfer("{}")
            #expect(
                missing.json["errors"]
                    == .object(
                        Dictionary(
                            uniqueKeysWithValues: ["stock_item_id", "from_warehouse_id", "to_warehouse_id", "quantity"]
                                .map { ($0, .array([.string("Required")])) })))
            for (request, status) in [
                (body(item, main, side, #""x""#), 400), (body(item, main, side, "-1"), 400),
                (body(item, main, side, "0"), 400), (body(item, main, side, "0.001"), 400),
                (body(item, main, main, "1"), 400), (body(99, main, side, "1"), 404),
                (body(item, 99, side, "1"), 404), (body(item, main, 99, "1"), 404),
            ] {
                #expect(try await transfer(request).status == status, "\(request)")
            }
            try server.sql("update warehouse_stock set quantity_reserved = 4")
            let refused = try await transfer(body(item, main, side, "7"))
            #expect(refused.status == 400)
            #expect(refused.json["error_code"].string == "insufficient_stock")
            let done = try await transfer(body(item, main, side, "2.5"))
            #expect(done.status == 201)
            let reference = try #require(done.json["reference_id"].int)
            #expect(done.json["transfers"].array.map { $0["movement"]["quantity"].double } == [-2.5, 2.5])
            #expect(done.json["transfers"][0]["movement"]["reason"].string == "Transfer from W1 to W2")
            _ = try await transfer(body(item, main, side, "1"))
            let list = try await server.get("\(Inventory.base)/transfers").json
            #expect(list["pagination"]["total"].int == 2)
            #expect(list["transfers"].array.map { $0["quantity"].double } == [1, 2.5])
            let ids = done.json["transfers"].array.map { $0["movement_id"] }
            #expect(list["transfers"][1]["movement_ids"] == .array(ids))
            let one = try await server.get("\(Inventory.base)/transfers/\(reference)").json["transfer"]
            #expect(one["movements"].array.map { $0["id"] } == ids)
            #expect(one["notes"].string == "n")
            #expect(try await server.get("\(Inventory.base)/transfers/999").status == 404)
            #expect(try await server.get("\(Inventory.base)/transfers/abc").json["error_code"].string == "not_found")
            #expect(
                try await server.get("\(Inventory.base)/transfers?date_to=2020-01-01").json["transfers"].array.isEmpty)
            #expect(try await server.get("\(Inventory.base)/transfers?date_from=x").status == 400)
            try server.sql("update stock_items set is_active = false")
            #expect(try await transfer(body(item, main, side, "1")).status == 400)
        }
    }

    @Test func parallelTransfersNeverOversell() async throws {
        try await TestServer.with(workers: 2) { server in
            let main = try await Inventory.warehouse(server, "W1")
            let side = try await Inventory.warehouse(server, "W2")
            let item = try await Inventory.item(server, "A")
            _ = try await Inventory.move(server, item, main, "10")
            let replies = try await parallel(20) { index in
                let (from, to) = index.isMultiple(of: 5) ? (side, main) : (main, side)
                return try await server.post(
                    "\(Inventory.base)/transfers",
                    #"{"stock_item_id":\#(item),"from_warehouse_id":\#(from),"to_warehouse_id":\#(to),"quantity":1}"#)
            }
            #expect(replies.allSatisfy { $0.status == 201 || $0.json["error_code"].string == "insufficient_stock" })
            #expect(
                try server.sql("select sum(quantity_on_hand), min(quantity_on_hand) >= 0 from warehouse_stock")
                    == "10.00|t")
            #expect(
                try server.sql(
                    """
                    select bool_and(s.quantity_on_hand = coalesce(m.quantity, 0)) from warehouse_stock s left join lateral (
                        select sum(quantity) as quantity from stock_movements where warehouse_id = s.warehouse_id) m on true
                    """) == "t")
            let drained = try await parallel(20) { _ in
                try await server.post(
                    "\(Inventory.base)/movements",
                    #"{"stock_item_id":\#(item),"warehouse_id":\#(main),"quantity":-1,"movement_type":"sale"}"#)
            }
            let left = try server.sql("select quantity_on_hand from warehouse_stock where warehouse_id = \(main)")
            #expect(left == "0.00")
            #expect(
                drained.filter { $0.status == 201 }.count
                    + (Int(
                        Double(
                            try server.sql(
                                "select quantity_on_hand from warehouse_stock where warehouse_id = \(side)")) ?? 0))
                    == 10)
        }
    }

    @Test func scopesRolesAndModule() async throws {
        try await TestServer.with(workers: 1) { server in
            let reader = try server.makeUser("ann", scopes: "read:projects")
            let viewer = try server.makeUser("vi", role: "viewer")
            let stranger = try server.makeUser("eve", scopes: "read:tasks,write:tasks")
            #expect(try await server.get("\(Inventory.base)/items", token: reader).status == 200)
            let refused = try await server.post("\(Inventory.base)/items", "{}", token: reader)
            #expect(refused.status == 403)
            #expect(refused.json["required_scope"].string == "write:inventory, write:projects")
            #expect(
                try await server.post("\(Inventory.base)/items", #"{"sku":"x","name":"x"}"#, token: viewer).status
                    == 403)
            let paths = [
                "items", "items/1", "items/1/availability", "warehouses", "warehouses/1", "stock-levels", "transfers",
                "transfers/1", "reports/valuation", "reports/movement-history", "reports/turnover", "reports/low-stock",
            ]
            for path in paths {
                #expect(try await server.get("\(Inventory.base)/\(path)", token: stranger).status == 403, "\(path)")
            }
            try server.sql(
                """
                update roles set hidden_module_ids = '["inventory"]' where name = 'user';
                insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r
                    where u.username = 'ann' and r.name = 'user'
                    on conflict do nothing
                """)
            let isHidden = try await waitAsync(for: 5) {
                try await server.get("\(Inventory.base)/items", token: reader).status == 403
            }
            #expect(isHidden)
            try server.sql(
                """
                insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r
                    where u.username = 'ann' and r.name = 'manager'
                    on conflict do nothing
                """)
            let isShown = try await waitAsync(for: 5) {
                try await server.get("\(Inventory.base)/items", token: reader).status == 200
            }
            #expect(isShown)
            try server.cli("settings", "set", "disabled_module_ids", #"["inventory"]"#)
            let isOff = try await waitAsync(for: 5) { try await server.get("\(Inventory.base)/items").status == 403 }
            #expect(isOff)
            for path in paths {
                let reply = try await server.get("\(Inventory.base)/\(path)")
                #expect(reply.status == 403, "\(path)")
                #expect(reply.json["error"].string == "module_disabled")
                #expect(reply.json["module"].string == "inventory")
            }
        }
    }
}
