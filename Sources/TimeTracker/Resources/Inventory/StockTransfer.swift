/// Two movements with one reference: out of a warehouse, into another.
struct StockTransfer: Sendable {
    var referenceID: ID<StockTransfer> = .none
    var movedAt = Instant.none
    var stockItemID: ID<StockItem> = .none
    var fromID: ID<Warehouse> = .none
    var toID: ID<Warehouse> = .none
    var quantity = Quantity.zero
    var notes: String?
    var outID: ID<StockMovement> = .none
    var inID: ID<StockMovement> = .none

    /// `o` moves out, `i` in; only complete pairs.
    static let tables = """
        stock_movements o join stock_movements i
            on i.reference_type = 'transfer' and i.reference_id = o.reference_id and i.movement_type = 'transfer'
            and i.quantity > 0
        """
    static let condition = "o.movement_type = 'transfer' and o.reference_type = 'transfer' and o.quantity < 0"
}

extension StockTransfer: RowProjection {
    static let table = "stock_movements"
    static let alias = "o"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ transfer: inout StockTransfer) {
        row.column("reference_id", &transfer.referenceID)
        row.column("moved_at", &transfer.movedAt)
        row.column("stock_item_id", &transfer.stockItemID)
        row.computed("o.warehouse_id as from_id", &transfer.fromID)
        row.computed("i.warehouse_id as to_id", &transfer.toID)
        row.computed("i.quantity", &transfer.quantity)
        row.column("notes", &transfer.notes)
        row.computed("o.id as out_id", &transfer.outID)
        row.computed("i.id as in_id", &transfer.inID)
    }
}

extension StockTransfer: JSONModel {
    static let schemaName = "StockTransfer"

    static func describe(_ object: inout some MemberVisitor<StockTransfer>) {
        object.id("reference_id") { $0.referenceID }
        object.instant("moved_at") { $0.movedAt }
        object.id("stock_item_id") { $0.stockItemID }
        object.id("from_warehouse_id") { $0.fromID }
        object.id("to_warehouse_id") { $0.toID }
        object.amount("quantity") { $0.quantity }
        object.string("notes", nullable: true) { $0.notes }
        object.member(
            "movement_ids", .array(of: .integer(), description: "Out, in"), { ($0.outID, $0.inID) }
        ) { movements, json in
            json.beginArray()
            json.value(movements.0.number)
            json.value(movements.1.number)
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
