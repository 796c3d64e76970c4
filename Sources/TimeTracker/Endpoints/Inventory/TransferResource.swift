import HTTPTypes

/// `/api/v1/inventory/transfers` (behaviour.md §9.6).
enum TransferResource: Resource {
    private static let itemField = InputField<ID<StockItem>>.id("stock_item_id", required: "Required")
    private static let fromField = InputField<ID<Warehouse>>.id("from_warehouse_id", required: "Required")
    private static let toField = InputField<ID<Warehouse>>.id("to_warehouse_id", required: "Required")
    private static let quantityField = InputField<Quantity>.signedQuantity("quantity", required: "Required")
    private static let notesField = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)

    static let body = BodySchema(
        "StockTransferInput", [itemField, fromField, toField, quantityField, notesField])

    static let routes = [
        Route(
            .get, path: "/api/v1/inventory/transfers", summary: "List stock transfers", details: "Newest first.",
            access: InventoryAccess.read, module: .inventory,
            query: [
                .dateTime("date_from", "Transfers at or after this"),
                .dateTime("date_to", "Transfers at or before this; a date means its whole day"), .page, .perPage,
            ], response: .list("transfers", of: StockTransfer.schema), handler: list),
        Route(
            .post, path: "/api/v1/inventory/transfers", summary: "Transfer stock between warehouses",
            details: "Refused when the source has less available than the quantity.", access: InventoryAccess.write,
            module: .inventory,
            body: body,
            success: .created, response: madeSchema, errors: [.notFound], handler: create),
        Route(
            .get, path: "/api/v1/inventory/transfers/{reference_id}", summary: "Get a stock transfer",
            access: InventoryAccess.read, module: .inventory, response: .single("transfer", StockTransfer.detailSchema),
            handler: get),
    ]

    private static let madeSchema = Schema.object(
        properties: [
            ("message", .string()), ("reference_id", .integer()),
            (
                "transfers",
                .array(
                    of: .object(
                        properties: [("movement_id", .integer()), ("movement", StockMovement.schema)],
                        required: ["movement_id", "movement"]))
            ),
        ], required: ["message", "reference_id", "transfers"])

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        let (transfers, pagination) = try await found(call)
        return try .list(key: "transfers", transfers, pagination)
    }

    /// The page of transfers that the query asks for.
    static func found(_ call: Call) async throws -> (models: ModelRows<StockTransfer>, pagination: Pagination) {
        var query = call.query
        let from = query.rangeStart("date_from")
        let to = query.rangeEnd("date_to")
        let page = query.page()
        try query.finish()
        return try await TransferOperations.list(from: from, to: to, page, call.context)
    }

    @Sendable private static func get(_ call: Call) async throws -> Reply {
        let (transfer, movements) = try await TransferOperations.find(call.id(), call.context)
        return .json { json in
            json.beginObject()
            json.key("transfer")
            json.beginObject()
            transfer.writeMembers(to: &json)
            json.key("movements")
            json.beginArray()
            for movement in movements { movement.write(to: &json) }
            json.endArray()
            json.endObject()
            json.endObject()
        }
    }

    @Sendable static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let itemID = input.get(itemField).value ?? .none
        let fromID = input.get(fromField).value ?? .none
        let toID = input.get(toField).value ?? .none
        let quantity = input.get(quantityField).value ?? .zero
        let notes = input.get(notesField).value
        try input.finish()
        let request = TransferRequest(
            stockItemID: itemID, fromID: fromID, toID: toID, quantity: quantity, notes: notes)
        try request.check()
        return try await call.change { tx in
            let (reference, movements) = try await TransferOperations.transfer(request, call.context, in: tx)
            return made(reference, movements)
        }
    }

    private static func made(_ reference: ID<StockTransfer>, _ movements: [StockMovement]) -> Reply {
        .json(.created) { json in
            json.beginObject()
            json.key("message")
            json.value("Stock transfer completed successfully")
            json.key("reference_id")
            json.value(reference.number)
            json.key("transfers")
            json.beginArray()
            for movement in movements {
                json.beginObject()
                json.key("movement_id")
                json.value(movement.id.number)
                json.key("movement")
                movement.write(to: &json)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}
