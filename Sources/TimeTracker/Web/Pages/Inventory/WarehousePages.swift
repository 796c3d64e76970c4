import HTTPTypes
import Postgres

/// `/inventory/warehouses`: the list, the page of a warehouse, its form; and `/inventory/levels`, what they hold.
enum WarehousePages {
    private static let home = "/inventory/warehouses"
    private static let levels = "/inventory/levels"

    private static let pages = ObjectPages<Warehouse>(
        home: home, place: .inventory, objects: WarehouseResource.objects, list: list, page: show,
        fields: { _ in WarehouseForm.fields })

    private static let list = ObjectList<Warehouse>(
        title: "Warehouses", first: "Warehouse", chips: { $0.isActive ? [] : [.outOfUse] },
        columns: [
            .code("Code", \.code), .text("Contact", \.contactPerson), .text("Phone", \.contactPhone),
        ], empty: "Stock lies in warehouses: a store room, a shelf, a van.",
        filters: { _ in [InventoryFrame.useFilter] }, above: { InventoryFrame.tabs(home) },
        find: WarehouseResource.found)

    static let routes =
        pages.routes + [
            InventoryFrame.route(.get, levels, "Stock levels", listLevels)
        ]

    // MARK: Stock levels

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
            "warehouses_html": InventoryOptions.filter(try await housing, query.text("warehouse_id")),
            "items_html": InventoryOptions.filter(try await naming, query.text("stock_item_id")),
            "categories_html": InventoryOptions.filter(try await sorting, query.text("category")),
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
        var values: [String: Any] = [
            "id": "\(warehouse.id)", "name": warehouse.name, "code": warehouse.code, "is_active": warehouse.isActive,
        ]
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
}

/// The form of a warehouse (``WarehouseInput``).
enum WarehouseForm {
    static let fields = [
        FormField(name: "name", label: "Name"),
        FormField(name: "code", label: "Code", hint: "In capitals, once only.", isShort: true),
        FormField(name: "address", label: "Address", control: .area(rows: 3)),
        FormField(name: "contact_person", label: "Contact"),
        FormField(name: "contact_email", label: "Email", control: .input("email"), isShort: true),
        FormField(name: "contact_phone", label: "Phone", control: .input("tel"), isShort: true),
        FormField(name: "notes", label: "Notes", control: .area(rows: 3)),
        FormField(name: "is_active", label: "In use"),
    ]
}
