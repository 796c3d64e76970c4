import HTTPTypes
import Postgres

/// `/inventory/movements`: the history of all movements, as a page and as a file, and the form that records one.
enum MovementPages {
    private static let home = "/inventory/movements"

    static let routes = [
        InventoryFrame.route(.get, home, "Stock movements", list),
        InventoryFrame.route(.get, home + "/export", "Stock movements as CSV", isHeavy: true, export),
        InventoryFrame.route(.get, home + "/new", "Page to record a stock movement") { call in
            try call.principal.requireWriter()
            var query = call.query
            let values = [
                "stock_item_id": query.text("stock_item_id") ?? "", "warehouse_id": query.text("warehouse_id") ?? "",
                "movement_type": query.text("movement_type") ?? "adjustment", "direction": "in",
            ]
            return try await form(call, values: values)
        },
        InventoryFrame.route(.post, home + "/new", "Record a stock movement", create),
    ]

    private static let types = MovementRequest.Kind.allCases.map {
        FormField.Option(value: $0.rawValue, name: label($0.rawValue))
    }

    static func label(_ type: String) -> String { type.prefix(1).uppercased() + type.dropFirst() }

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let housing = InventoryOptions.warehouses(call)
        async let naming = InventoryOptions.items(call)
        var query = call.query
        let rest = call.exchange.rawQuery
        let asked = query.text("page") == nil ? (rest.isEmpty ? "page=1" : rest + "&page=1") : rest
        let findings = try await Findings.of { try await MovementHistory.asked(call.asking(query: asked)) }
        let found = try findings.value?.movements.all() ?? []
        var values: [String: Any] = [
            "movements": try await rows(found, call), "has_movements": !found.isEmpty,
            "warehouses_html": InventoryOptions.filter(try await housing, query.text("warehouse_id")),
            "items_html": InventoryOptions.filter(try await naming, query.text("stock_item_id")),
            "types_html": InventoryOptions.filter(
                types + [.init(value: "transfer", name: "Transfer")], query.text("movement_type")),
            "date_from": query.text("date_from") ?? "", "date_to": query.text("date_to") ?? "",
            "export": home + "/export" + (rest.isEmpty ? "" : "?" + rest),
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/inventory/reports/movement-history", key: "movements")) { $1 }
        return InventoryFrame.list(
            call, "movements", title: "Stock movements", tab: home, try await loading, findings, values)
    }

    /// Rows with times as the person's clocks show them.
    static func rows(_ movements: [MovementHistory.Movement], _ call: Call) async throws -> [[String: Any]] {
        let walls = try await Moments.walls(of: movements.map(\.movedAt.microseconds), zone: call.zone, call.db)
        return zip(movements, walls).map { movement, wall in
            [
                "when": call.format.moment(wall), "item_id": "\(movement.itemID)", "item": movement.itemName,
                "sku": movement.sku, "warehouse_id": "\(movement.warehouseID)", "warehouse": movement.warehouseName,
                "type": label(movement.type), "quantity": signed(movement.quantity),
                "is_out": movement.quantity < .zero,
                "reference": movement.reference ?? "", "notes": movement.notes ?? "",
            ]
        }
    }

    /// `+5`, `−2.5`.
    static func signed(_ quantity: Quantity) -> String {
        quantity < .zero ? "−" + PersonFormat.quantity(-quantity) : "+" + PersonFormat.quantity(quantity)
    }

    @Sendable private static func export(_ call: Call) async throws -> Reply {
        let query = call.exchange.rawQuery.split(separator: "&").filter {
            !$0.hasPrefix("page=") && !$0.hasPrefix("per_page=")
        }
        let movements = try await MovementHistory.asked(call.asking(query: query.joined(separator: "&"))).movements
            .all()
        let walls = try await Moments.walls(of: movements.map(\.movedAt.microseconds), zone: call.zone, call.db)
        var csv = CSVText(header: ["Time", "SKU", "Item", "Warehouse", "Type", "Quantity", "Reference", "Notes"])
        for (movement, wall) in zip(movements, walls) {
            csv.add([
                .text(call.format.moment(wall)), .text(movement.sku), .text(movement.itemName),
                .text(movement.warehouseName), .text(movement.type), .number(movement.quantity.text),
                .text(movement.reference ?? ""), .text(movement.notes ?? ""),
            ])
        }
        return csv.reply(name: "stock-movements.csv")
    }

    // MARK: Form

    private static func fields(
        items: [FormField.Option] = [], warehouses: [FormField.Option] = []
    ) -> [FormField] {
        [
            FormField(
                name: "stock_item_id", label: "Item", control: .select(items), isRequired: true, emptiness: .absent),
            FormField(
                name: "warehouse_id", label: "Warehouse", control: .select(warehouses), isRequired: true,
                emptiness: .absent),
            FormField(
                name: "movement_type", label: "Kind", control: .select(types), emptiness: .absent, isShort: true),
            FormField(
                name: "direction", label: "Direction",
                control: .select([
                    .init(value: "in", name: "In: the stock grows"), .init(value: "out", name: "Out: the stock falls"),
                ]), isShort: true),
            FormField(
                name: "quantity", label: "Quantity", isRequired: true, maxLength: 20, emptiness: .absent,
                inputMode: "decimal", isShort: true),
            FormField(
                name: "unit_cost", label: "Cost of one",
                hint: "Of what comes in. Empty: the item’s cost.", maxLength: 20, inputMode: "decimal",
                isShort: true),
            FormField(name: "reason", label: "Reason", maxLength: 500),
            FormField(name: "notes", label: "Notes", control: .area(rows: 2), maxLength: 10_000),
            FormField(
                name: "devalue_method", label: "Devaluation",
                control: .select([
                    .init(value: "", name: "None"), .init(value: "percent", name: "By percent"),
                    .init(value: "fixed", name: "To a cost of one"),
                ]), hint: "With the kinds devaluation, return and waste.", isShort: true),
            FormField(
                name: "devalue_percent", label: "Percent off", maxLength: 10, inputMode: "decimal", isShort: true),
            FormField(
                name: "devalue_unit_cost", label: "New cost of one", maxLength: 20, inputMode: "decimal",
                isShort: true),
        ]
    }

    private static func form(
        _ call: Call, values: [String: String] = [:], typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        async let naming = InventoryOptions.items(call)
        async let housing = InventoryOptions.warehouses(call)
        let fields = fields(
            items: FormOptions.choice(try await naming, none: "Choose an item"),
            warehouses: FormOptions.choice(try await housing, none: "Choose a warehouse"))
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        return try await ObjectForm(
            heading: "Record a movement", action: home + "/new", back: home, place: .inventory
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        var members = fields().compactMap { field in field.value(in: typed).map { (field.name, $0) } }
        members.removeAll { $0.0 == "direction" }
        let quantity = typed.trimmed("quantity")
        if typed.text("direction") == "out", !quantity.isEmpty, !quantity.hasPrefix("-") {
            members.removeAll { $0.0 == "quantity" }
            members.append(("quantity", .string(RawText("-" + quantity))))
        }
        members.append(("devalue_enabled", .bool(!typed.trimmed("devalue_method").isEmpty)))
        switch try await call.carryOut(MovementInput.body, members, form: typed, MovementResource.create) {
        case .done: return call.seeOther(home, .movementRecorded)
        case .refused(let problems): return try await form(call, typed: (typed, problems))
        }
    }
}
