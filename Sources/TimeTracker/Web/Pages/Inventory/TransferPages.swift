import HTTPTypes
import Postgres

/// `/inventory/transfers`: the list, the page of a transfer, the form that moves stock between warehouses.
enum TransferPages {
    private static let home = "/inventory/transfers"

    static let routes = [
        InventoryFrame.route(.get, home, "Stock transfers", list),
        InventoryFrame.route(.get, home + "/new", "Page to transfer stock") { call in
            try call.principal.requireWriter()
            var query = call.query
            let values = [
                "stock_item_id": query.text("stock_item_id") ?? "",
                "from_warehouse_id": query.text("from_warehouse_id") ?? "",
            ]
            return try await form(call, values: values)
        },
        InventoryFrame.route(.post, home + "/new", "Transfer stock", create),
        InventoryFrame.route(.get, home + "/{reference_id}", "Page of a stock transfer", show),
    ]

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let findings = try await Findings.of {
            let (found, pagination) = try await TransferResource.found(call)
            return (transfers: try found.all(), pagination: pagination)
        }
        let transfers = findings.value?.transfers ?? []
        let rows = try await rows(transfers, call)
        var query = call.query
        var values: [String: Any] = [
            "transfers": rows, "has_transfers": !rows.isEmpty, "date_from": query.text("date_from") ?? "",
            "date_to": query.text("date_to") ?? "",
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/inventory/transfers", key: "transfers")) { $1 }
        return InventoryFrame.list(
            call, "transfers", title: "Stock transfers", tab: home, try await loading, findings, values)
    }

    /// Names of items and warehouses, and times as the person's clocks show them.
    private static func rows(_ transfers: [StockTransfer], _ call: Call) async throws -> [[String: Any]] {
        async let walls = Moments.walls(of: transfers.map(\.movedAt.microseconds), zone: call.zone, call.db)
        let named = try await call.db.query(
            Statement(
                """
                select true, id, name, sku from stock_items where id = any ($1)
                union all select false, id, name, code from warehouses where id = any ($2)
                """,
                [.ids(transfers.map(\.stockItemID)), .ids(transfers.flatMap { [$0.fromID, $0.toID] })]))
        var items: [ID<StockItem>: (name: String, sku: String)] = [:]
        var warehouses: [ID<Warehouse>: String] = [:]
        for row in named {
            let (name, code): (String, String) = (try row.scalar(2), try row.scalar(3))
            if try row.scalar(0) {
                items[try row.scalar(1)] = (name, code)
            } else {
                warehouses[try row.scalar(1)] = "\(name) (\(code))"
            }
        }
        return zip(transfers, try await walls).map { transfer, wall -> [String: Any] in
            let item = items[transfer.stockItemID]
            return [
                "id": "\(transfer.referenceID)", "when": call.format.moment(wall),
                "item_id": "\(transfer.stockItemID)", "item": item?.name ?? "",
                "sku": item?.sku ?? "", "from_id": "\(transfer.fromID)",
                "from": warehouses[transfer.fromID] ?? "", "to_id": "\(transfer.toID)",
                "to": warehouses[transfer.toID] ?? "", "quantity": PersonFormat.quantity(transfer.quantity),
                "notes": transfer.notes ?? "", "has_notes": transfer.notes?.isEmpty == false,
            ]
        }
    }

    // MARK: Page

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let (transfer, movements) = try await TransferOperations.find(call.id(), call.context)
        var values = try await rows([transfer], call).first ?? [:]
        values["movements"] = movements.map {
            [
                "id": "\($0.id)", "quantity": MovementPages.signed($0.quantity), "reason": $0.reason ?? "",
                "cost": $0.unitCost?.text ?? "",
            ]
        }
        return InventoryFrame.page(
            call, "transfer", title: "Transfer \(transfer.referenceID)", tab: home, try await loading, values)
    }

    // MARK: Form

    private static func fields(
        items: [FormField.Option] = [], warehouses: [FormField.Option] = []
    ) -> [FormField] {
        [
            FormField(
                name: "stock_item_id", label: "Item", control: .select(items), isRequired: true, emptiness: .absent),
            FormField(
                name: "from_warehouse_id", label: "From", control: .select(warehouses), isRequired: true,
                emptiness: .absent, isShort: true),
            FormField(
                name: "to_warehouse_id", label: "To", control: .select(warehouses), isRequired: true,
                emptiness: .absent, isShort: true),
            FormField(
                name: "quantity", label: "Quantity", isRequired: true, maxLength: 20, emptiness: .absent,
                inputMode: "decimal", isShort: true),
            FormField(name: "notes", label: "Notes", control: .area(rows: 2), maxLength: 10_000),
        ]
    }

    private static func form(
        _ call: Call, values: [String: String] = [:], typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        async let naming = InventoryOptions.items(call, isCountedOnly: true)
        async let housing = InventoryOptions.warehouses(call)
        let fields = fields(
            items: FormOptions.choice(try await naming, none: "Choose an item"),
            warehouses: FormOptions.choice(try await housing, none: "Choose a warehouse"))
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        return try await ObjectForm(
            heading: "Transfer stock", action: home + "/new", back: home, place: .inventory
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(TransferResource.body, fields(), form: typed, TransferResource.create) {
        case .done(let answer):
            var address = home
            if case .number(let digits)? = answer["reference_id"] { address += "/" + digits }
            return call.seeOther(address, .stockTransferred)
        case .refused(let problems): return try await form(call, typed: (typed, problems))
        }
    }
}
