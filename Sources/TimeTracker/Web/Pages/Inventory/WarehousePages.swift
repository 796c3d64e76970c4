import HTTPTypes
import Postgres

/// `/inventory/warehouses`: the list, the page of a warehouse, its form; and `/inventory/levels`, what they hold.
enum WarehousePages {
    static let home = "/inventory/warehouses"
    private static let levels = "/inventory/levels"

    static let routes = [
        InventoryFrame.route(.get, home, "Warehouses", list),
        InventoryFrame.route(.get, home + "/new", "Page to make a warehouse") { call in
            try call.principal.requireWriter()
            return try await form(call, nil, values: ["is_active": "on"])
        },
        InventoryFrame.route(.post, home + "/new", "Make a warehouse", create),
        InventoryFrame.route(.get, home + "/{id}", "Page of a warehouse", show),
        InventoryFrame.route(.get, home + "/{id}/edit", "Page to change a warehouse") { call in
            try call.principal.requireWriter()
            let warehouse = try await ObjectStore<Warehouse>.find(call.id(), call.context)
            return try await form(call, warehouse, values: WarehouseForm.values(warehouse))
        },
        InventoryFrame.route(.post, home + "/{id}/edit", "Change a warehouse", update),
        InventoryFrame.route(.post, home + "/{id}/deactivate", "Take a warehouse out of use", form: home) { call in
            let typed = try call.exchange.form
            _ = try await call.carryOut(
                WarehouseInput.body.schema, [], form: typed,
                { try await $0.remove(Warehouse.self, "warehouse", "Done") })
            return call.seeOther("\(home)/\(call.pathID)", .warehouseSaved)
        },
        InventoryFrame.route(.post, home + "/{id}/activate", "Take a warehouse into use again", form: home) { call in
            let typed = try call.exchange.form
            _ = try await call.carryOut(
                WarehouseInput.body.schema, [("is_active", .bool(true))], form: typed,
                { try await $0.update(WarehouseInput.body, "warehouse", "Saved") })
            return call.seeOther("\(home)/\(call.pathID)", .warehouseSaved)
        },
        InventoryFrame.route(.get, levels, "Stock levels", listLevels),
    ]

    // MARK: Lists

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        let findings = try await Findings.of { try await WarehouseResource.found(call) }
        let warehouses = findings.value?.warehouses ?? []
        var query = call.query
        var values: [String: Any] = [
            "warehouses": warehouses.map(row), "has_warehouses": !warehouses.isEmpty,
            "activity": FormOptions.values(
                [.init(value: "", name: "In use"), .init(value: "false", name: "All")],
                chosen: query.text("active_only") ?? ""),
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/inventory/warehouses", key: "warehouses")) { $1 }
        return InventoryFrame.list(
            call, "warehouses", title: "Warehouses", tab: home, try await loading, findings, values)
    }

    private static func row(_ warehouse: Warehouse) -> [String: Any] {
        [
            "id": "\(warehouse.id)", "name": warehouse.name, "code": warehouse.code,
            "contact": warehouse.contactPerson ?? "", "phone": warehouse.contactPhone ?? "",
            "is_active": warehouse.isActive,
        ]
    }

    @Sendable private static func listLevels(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let housing = InventoryOptions.warehouses(call)
        async let naming = InventoryOptions.items(call)
        async let sorting = InventoryOptions.categories(call)
        let findings = try await found(call)
        let rows = findings.value?.levels ?? []
        var query = call.query
        var values: [String: Any] = [
            "levels": rows.map(levelRow), "has_levels": !rows.isEmpty,
            "warehouses": InventoryOptions.filter(try await housing, query.text("warehouse_id")),
            "items": InventoryOptions.filter(try await naming, query.text("stock_item_id")),
            "categories": InventoryOptions.filter(try await sorting, query.text("category")),
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/inventory/stock-levels", key: "stock_levels")) { $1 }
        return InventoryFrame.list(
            call, "stock_levels", title: "Stock levels", tab: levels, try await loading, findings, values)
    }

    private static func found(_ call: Call) async throws -> Findings<(levels: [StockLevel], pagination: Pagination)> {
        try await Findings.of {
            let (found, pagination) = try await StockLevelResource.found(call)
            return (levels: try found.all(), pagination: pagination)
        }
    }

    private static func levelRow(_ level: StockLevel) -> [String: Any] {
        let point = level.item.isTrackable && level.item.isActive ? level.item.reorderPoint : nil
        return [
            "item_id": "\(level.item.id)", "item": level.item.name, "sku": level.item.sku,
            "warehouse_id": "\(level.warehouse.id)", "warehouse": "\(level.warehouse.name) (\(level.warehouse.code))",
            "on_hand": PersonFormat.quantity(level.stock.onHand),
            "reserved": PersonFormat.quantity(level.stock.reserved),
            "available": PersonFormat.quantity(level.stock.available), "unit": level.item.unit,
            "location": level.stock.location ?? "", "is_low": point.map { level.stock.onHand < $0 } ?? false,
        ]
    }

    // MARK: Page

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let finding = ObjectStore<Warehouse>.find(call.id(), call.context)
        async let counting = found(call.asking(query: "warehouse_id=\(call.pathID)&per_page=100"))
        let warehouse = try await finding
        let held = try await counting.value
        func fact(_ label: String, _ value: String?) -> [String: Any]? {
            value.flatMap { $0.isEmpty ? nil : ["label": label, "value": $0] }
        }
        var values = row(warehouse)
        values["facts"] = [
            fact("Code", warehouse.code), fact("Address", warehouse.address), fact("Contact", warehouse.contactPerson),
            fact("Email", warehouse.contactEmail), fact("Phone", warehouse.contactPhone),
        ].compactMap(\.self)
        values["notes"] = warehouse.notes ?? ""
        values["has_notes"] = warehouse.notes?.isEmpty == false
        values["levels"] = (held?.levels ?? []).map(levelRow)
        values["has_levels"] = held?.levels.isEmpty == false
        values["has_more_levels"] = held?.pagination.hasNext == true
        return InventoryFrame.page(call, "warehouse", title: warehouse.name, tab: home, try await loading, values)
    }

    // MARK: Form

    private static func form(
        _ call: Call, _ warehouse: Warehouse?, values: [String: String] = [:],
        typed: (form: FormBody, problems: FormProblems)? = nil
    ) async throws -> Reply {
        let fields = WarehouseForm.fields
        let view = typed.map { FormView(fields, typed: $0.form, $0.problems) } ?? FormView(fields, values: values)
        let address = warehouse.map { "\(home)/\($0.id)" }
        return try await ObjectForm(
            heading: warehouse.map { "Change \($0.name)" } ?? "New warehouse",
            action: address.map { $0 + "/edit" } ?? home + "/new", back: address ?? home, place: .inventory
        ).page(call, view)
    }

    @Sendable private static func create(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(
            WarehouseInput.body.schema, WarehouseForm.fields, form: typed,
            { try await $0.create(WarehouseInput.body, "warehouse", "Created") })
        {
        case .done(let answer):
            return call.seeOther(answer.id(of: "warehouse").map { "\(home)/\($0)" } ?? home, .warehouseSaved)
        case .refused(let problems): return try await form(call, nil, typed: (typed, problems))
        }
    }

    @Sendable private static func update(_ call: Call) async throws -> Reply {
        let typed = try call.exchange.form
        switch try await call.carryOut(
            WarehouseInput.body.schema, WarehouseForm.fields, form: typed,
            { try await $0.update(WarehouseInput.body, "warehouse", "Saved") })
        {
        case .done: return call.seeOther("\(home)/\(call.pathID)", .warehouseSaved)
        case .refused(let problems):
            let warehouse = try await ObjectStore<Warehouse>.find(call.id(), call.context)
            return try await form(call, warehouse, typed: (typed, problems))
        }
    }
}

/// The form of a warehouse (``WarehouseInput``).
enum WarehouseForm {
    static let fields = [
        FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
        FormField(
            name: "code", label: "Code", hint: "In capitals, once only", isRequired: true, maxLength: 50,
            emptiness: .text, isShort: true),
        FormField(name: "address", label: "Address", control: .area(rows: 3), maxLength: 2000),
        FormField(name: "contact_person", label: "Contact", maxLength: 200),
        FormField(name: "contact_email", label: "Email", control: .input("email"), maxLength: 200, isShort: true),
        FormField(name: "contact_phone", label: "Phone", control: .input("tel"), maxLength: 50, isShort: true),
        FormField(name: "notes", label: "Notes", control: .area(rows: 3), maxLength: 10_000),
        FormField(name: "is_active", label: "In use", control: .check),
    ]

    static func values(_ warehouse: Warehouse) -> [String: String] {
        [
            "name": warehouse.name, "code": warehouse.code, "address": warehouse.address ?? "",
            "contact_person": warehouse.contactPerson ?? "", "contact_email": warehouse.contactEmail ?? "",
            "contact_phone": warehouse.contactPhone ?? "", "notes": warehouse.notes ?? "",
            "is_active": warehouse.isActive ? "on" : "",
        ]
    }
}
