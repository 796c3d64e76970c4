import HTTPTypes

/// `/api/v1/inventory/movements` (behaviour.md §9.5).
enum MovementResource: Resource {
    static let routes = [
        Route(
            .post, path: "/api/v1/inventory/movements", summary: "Record a stock movement",
            details: """
                Creates the stock row on first use. Outbound movements beyond the stock are refused, but for adjustments, \
                which stop at 0. A return is positive, waste negative. Transfers have a route of their own.
                """,
            access: InventoryAccess.write, module: .inventory, body: MovementInput.body, success: .created,
            response: .object(
                properties: [
                    ("message", .string()), ("movement", StockMovement.schema),
                    ("updated_stock", WarehouseStock.schema),
                ], required: ["message", "movement", "updated_stock"]), errors: [.notFound], handler: create)
    ]

    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let body = try MovementRequest(&input)
        return try await call.change { tx in
            let (movement, stock) = try await MovementOperations.record(body, call.context, in: tx)
            return .json(.created) { json in
                json.beginObject()
                json.key("message")
                json.value("Stock movement recorded successfully")
                json.key("movement")
                movement.write(to: &json)
                json.key("updated_stock")
                stock.write(to: &json)
                json.endObject()
            }
        }
    }
}
