import Testing

/// Decimals with more places than are kept: money is rounded, everything else is refused by name.
@Suite struct DecimalTests {
    @Test func onlyMoneyIsRounded() async throws {
        try await TestServer.with(workers: 1) { server in
            let client = try await server.post("/api/v1/clients", #"{"name":"C"}"#).json["client"]["id"].int ?? 0
            let item = try await Inventory.item(server, "A", #","default_cost":5"#)
            let house = try await Inventory.warehouse(server, "W")
            _ = try await Inventory.move(server, item, house, "10")
            let quote =
                try await server.post("/api/v1/quotes", #"{"client_id":\#(client),"title":"Q"}"#).json["quote"][
                    "id"
                ].int ?? 0
            let movement = #""stock_item_id":\#(item),"warehouse_id":\#(house)"#
            for (method, path, body, field) in [
                ("PUT", "/quotes/\(quote)", #"{"tax_rate":19.125}"#, "tax_rate"),
                ("PUT", "/quotes/\(quote)", #"{"tax_rate":"0.001"}"#, "tax_rate"),
                (
                    "PUT", "/quotes/\(quote)", #"{"discount_type":"percentage","discount_amount":12.345}"#,
                    "discount_amount"
                ),
                ("PUT", "/quotes/\(quote)", #"{"items":[{"quantity":1.005,"unit_price":1}]}"#, "items"),
                ("PUT", "/clients/\(client)", #"{"prepaid_hours_monthly":10.001}"#, "prepaid_hours_monthly"),
                ("PUT", "/inventory/items/\(item)", #"{"reorder_point":1.234}"#, "reorder_point"),
                ("PUT", "/inventory/items/\(item)", #"{"reorder_quantity":1.234}"#, "reorder_quantity"),
                ("POST", "/inventory/movements", #"{\#(movement),"quantity":1.001}"#, "quantity"),
                (
                    "POST", "/inventory/movements",
                    #"{\#(movement),"quantity":1,"movement_type":"devaluation","devalue_percent":12.345}"#,
                    "devalue_percent"
                ),
                ("PUT", "/projects/1", #"{"budget_threshold_percent":80.5}"#, "budget_threshold_percent"),
            ] {
                let reply = try await server.request(method, "/api/v1" + path, body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
                #expect(reply.json["errors"].keys == [field], "\(body)")
                #expect(!(reply.json["errors"][field][0].string ?? "").isEmpty)
            }
            let kept = try await server.put(
                "/api/v1/quotes/\(quote)",
                #"{"tax_rate":"19.1200","discount_type":"fixed","discount_amount":12.345,"items":[{"quantity":"2.50","unit_price":99.985}]}"#
            ).json["quote"]
            #expect(kept["tax_rate"].double == 19.12 && kept["discount_amount"].double == 12.35)
            #expect(kept["items"][0]["unit_price"].double == 99.99 && kept["items"][0]["quantity"].double == 2.5)
            // The stored amount was rounded as money and is fine as a percentage.
            let percentage = try await server.put("/api/v1/quotes/\(quote)", #"{"discount_type":"percentage"}"#)
            #expect(percentage.json["quote"]["discount_amount"].double == 12.35)
        }
    }
}
