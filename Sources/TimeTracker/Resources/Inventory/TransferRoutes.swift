import HTTPTypes
import Postgres

/// `/api/v1/inventory/transfers` (behaviour.md §9.6).
enum TransferResource: Resource {
    private static let itemField = InputField<Int64>.id("stock_item_id", required: "Required")
    private static let fromField = InputField<Int64>.id("from_warehouse_id", required: "Required")
    private static let toField = InputField<Int64>.id("to_warehouse_id", required: "Required")
    private static let quantityField = InputField<Int64>.signedQuantity("quantity", required: "Required")
    private static let notesField = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)

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
            body: BodySchema("StockTransferInput", [itemField, fromField, toField, quantityField, notesField]),
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
        var query = call.query
        let from = query.rangeStart("date_from")
        let to = query.rangeEnd("date_to")
        let page = query.page()
        try query.finish()
        var sql = SQL()
        var conditions = [StockTransfer.condition]
        let zone = call.settings.timezone
        if let from { conditions.append("o.moved_at >= \(WallTime.expression(from, zone: zone, in: &sql))") }
        if let to { conditions.append("o.moved_at <= \(WallTime.expression(to, zone: zone, in: &sql))") }
        let source = "from \(StockTransfer.tables) where \(conditions.joined(separator: " and "))"
        let rows = try await call.db.query(
            PageQuery(
                total: "(select count(*) \(source))", page: "select \(StockTransfer.columns) \(source)",
                order: "moved_at desc, reference_id desc"
            ).statement(sql, page))
        let (transfers, pagination) = PageQuery.read(rows, page) { StockTransfer($0, offset: 1) }
        return .list(key: "transfers", transfers, pagination)
    }

    @Sendable private static func get(_ call: Call) async throws -> Reply {
        let rows = try await call.db.query(
            Statement(
                """
                select \(StockTransfer.columns) from \(StockTransfer.tables)
                where \(StockTransfer.condition) and o.reference_id = $1
                """, [.int(call.pathID)]))
        guard let transfer = rows.first.map({ StockTransfer($0) }) else {
            throw APIError.notFound("Transfer", call.pathID)
        }
        let movements = try await call.db.query(
            Statement(
                "select \(StockMovement.columns) from stock_movements m where m.id = any ($1) order by m.quantity",
                [.intArray([transfer.outID, transfer.inID])])
        ).map { StockMovement($0) }
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

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        var input = try call.input()
        let itemID = input.get(itemField).value ?? 0
        let fromID = input.get(fromField).value ?? 0
        let toID = input.get(toField).value ?? 0
        let quantity = input.get(quantityField).value ?? 0
        let notes = input.get(notesField).value
        try input.finish()
        guard quantity > 0 else { throw APIError.validation("quantity", "Must be greater than 0.") }
        guard fromID != toID else {
            throw APIError.validation("to_warehouse_id", "The warehouses must be different.")
        }
        return try await call.change { tx in
            let item = try await StockItemStore.lock(itemID, in: tx)
            let codes = try await warehouseCodes(fromID, toID, in: tx)
            guard item.isActive, item.isTrackable else {
                throw APIError.rule("item_not_transferable", "Only active items whose stock is counted can be moved")
            }
            let ledger = StockLedger(call: call, tx: tx)
            var stocks = try await ledger.lock(item: itemID, warehouses: [fromID, toID])
            guard let source = stocks[fromID], source.available >= quantity else { throw StockLedger.insufficientStock }
            let reference = try await tx.query(Statement("select nextval('transfer_reference_seq')")).first?.int(0) ?? 0
            var movements: [StockMovement] = []
            for (warehouse, signed) in [(fromID, -quantity), (toID, quantity)] {
                movements.append(
                    try await ledger.write(
                        StockMovement(
                            id: 0, type: "transfer", stockItemID: itemID, warehouseID: warehouse, quantity: signed,
                            referenceType: "transfer", referenceID: reference,
                            reason: "Transfer from \(codes.from) to \(codes.to)", notes: notes,
                            movedBy: call.principal.userID, movedAt: 0)))
                stocks[warehouse]?.onHand += signed
                if let stock = stocks[warehouse] { _ = try await ledger.store(stock) }
            }
            let layers = try await ledger.consume(quantity, for: movements[0], fallback: item.defaultCost ?? 0)
            try await ledger.addLayers(layers, of: movements[1])
            return made(reference, movements)
        }
    }

    private static func warehouseCodes(_ from: Int64, _ to: Int64, in tx: PostgresTransaction) async throws
        -> (from: String, to: String)
    {
        let rows = try await tx.query(
            Statement(
                "select id, code, is_active from warehouses where id = any ($1) for key share", [.intArray([from, to])])
        )
        func code(_ id: Int64) throws -> String {
            guard let row = rows.first(where: { $0.int(0) == id }) else { throw APIError.notFound("Warehouse", id) }
            guard row.bool(2) else {
                throw APIError.rule("warehouse_inactive", "The warehouse \(row.string(1)) is not active")
            }
            return row.string(1)
        }
        return (try code(from), try code(to))
    }

    private static func made(_ reference: Int64, _ movements: [StockMovement]) -> Reply {
        .json(.created) { json in
            json.beginObject()
            json.key("message")
            json.value("Stock transfer completed successfully")
            json.key("reference_id")
            json.value(reference)
            json.key("transfers")
            json.beginArray()
            for movement in movements {
                json.beginObject()
                json.key("movement_id")
                json.value(movement.id)
                json.key("movement")
                movement.write(to: &json)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
    }
}

/// Two movements with one reference: out of a warehouse, into another.
struct StockTransfer: Sendable {
    let referenceID: Int64
    let movedAt: Int64
    let stockItemID: Int64
    let fromID: Int64
    let toID: Int64
    let quantity: Int64
    let notes: String?
    let outID: Int64
    let inID: Int64

    /// `o` moves out, `i` in; only complete pairs.
    static let tables = """
        stock_movements o join stock_movements i
            on i.reference_type = 'transfer' and i.reference_id = o.reference_id and i.movement_type = 'transfer'
            and i.quantity > 0
        """
    static let condition = "o.movement_type = 'transfer' and o.reference_type = 'transfer' and o.quantity < 0"
    static let columns = """
        o.reference_id, o.moved_at, o.stock_item_id, o.warehouse_id as from_id, i.warehouse_id as to_id, i.quantity, o.notes,
        o.id as out_id, i.id as in_id
        """

    init(_ row: Row, offset o: Int = 0) {
        referenceID = row.int(o)
        movedAt = row.timestamp(o + 1)
        stockItemID = row.int(o + 2)
        fromID = row.int(o + 3)
        toID = row.int(o + 4)
        quantity = row.hundredths(o + 5)
        notes = row.stringOrNull(o + 6)
        outID = row.int(o + 7)
        inID = row.int(o + 8)
    }
}

extension StockTransfer: JSONModel {
    static let schemaName = "StockTransfer"

    static func describe(_ object: inout some MemberVisitor<StockTransfer>) {
        object.integer("reference_id") { $0.referenceID }
        object.instant("moved_at") { $0.movedAt }
        object.integer("stock_item_id") { $0.stockItemID }
        object.integer("from_warehouse_id") { $0.fromID }
        object.integer("to_warehouse_id") { $0.toID }
        object.money("quantity") { $0.quantity }
        object.string("notes", nullable: true) { $0.notes }
        object.member("movement_ids", .array(of: .integer(), description: "Out, in")) { transfer, json in
            json.beginArray()
            json.value(transfer.outID)
            json.value(transfer.inID)
            json.endArray()
        }
    }

    /// With its two movements.
    static var detailSchema: Schema {
        guard case .object(_, _, _, let properties, let required) = schema else { return schema }
        return .object(
            name: "StockTransferDetail", properties: properties + [("movements", .array(of: StockMovement.schema))],
            required: required + ["movements"])
    }
}
