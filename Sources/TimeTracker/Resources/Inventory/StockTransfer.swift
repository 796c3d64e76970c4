import Postgres

/// Two movements with one reference: out of a warehouse, into another.
struct StockTransfer: Sendable, ColumnReadable {
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

    init(_ columns: inout ColumnReader) {
        referenceID = columns.int()
        movedAt = columns.timestamp()
        stockItemID = columns.int()
        fromID = columns.int()
        toID = columns.int()
        quantity = columns.hundredths()
        notes = columns.stringOrNull()
        outID = columns.int()
        inID = columns.int()
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
