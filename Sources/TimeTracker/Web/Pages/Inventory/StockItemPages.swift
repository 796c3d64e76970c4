import HTTPTypes
import Postgres

/// `/inventory/items`: the list, the page of an item, its form (behaviour.md §12.16).
enum StockItemPages {
    static let home = "/inventory/items"

    private static let pages = ObjectPages<StockItem>(
        home: home, key: "item", place: .inventory, module: .inventory, body: StockItemInput.body,
        saved: .stockItemSaved, fields: { _ in StockItemForm.fields },
        defaults: { call in
            ["unit": "pcs", "currency_code": call.settings.currency, "is_active": "on", "is_trackable": "on"]
        }, name: \.name, values: StockItemForm.values)

    static let routes =
        pages.routes + pages.uses + [
            InventoryFrame.route(.get, InventoryFrame.home, "Inventory") { _ in .redirect(to: home) },
            pages.route(.get, "", "Stock items", list),
            pages.route(.get, "/{id}", "Page of a stock item", show),
        ]

    // MARK: List

    @Sendable private static func list(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let sorting = InventoryOptions.categories(call)
        let findings = try await Findings.of {
            let (found, pagination) = try await StockItemResource.found(call)
            return (items: try found.all(), pagination: pagination)
        }
        let items = findings.value?.items ?? []
        var query = call.query
        var values: [String: Any] = [
            "items": items.map { row($0) }, "has_items": !items.isEmpty, "search": query.text("search") ?? "",
            "categories_html": InventoryOptions.filter(try await sorting, query.text("category")),
            "activity_html": FormOptions.html(
                [.init(value: "", name: "In use"), .init(value: "false", name: "All")],
                chosen: query.text("active_only") ?? ""),
        ]
        values.merge((findings.value?.pagination).map { $0.values(call.exchange) } ?? [:]) { $1 }
        values.merge(APISnippet.values(call, "/inventory/items", key: "items")) { $1 }
        return InventoryFrame.list(
            call, "stock_items", title: "Stock items", tab: home, try await loading, findings, values)
    }

    private static func row(_ item: StockItem) -> [String: Any] {
        [
            "id": "\(item.id)", "sku": item.sku, "name": item.name, "category": item.category ?? "",
            "unit": item.unit, "is_counted": item.isTrackable, "on_hand": PersonFormat.quantity(item.onHand),
            "reserved": PersonFormat.quantity(item.reserved),
            "available": PersonFormat.quantity(item.onHand - item.reserved),
            "price": money(item.defaultPrice, item), "cost": money(item.defaultCost, item),
            "is_low": item.isTrackable && item.reorderPoint != nil && item.isBelowReorderPoint,
            "is_active": item.isActive,
        ]
    }

    private static func money(_ amount: Money?, _ item: StockItem) -> String {
        amount.map { "\($0.text) \(item.currency)" } ?? ""
    }

    // MARK: Page

    private static let shownMovements = 10

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        async let counting = StockAvailability.read(of: call.id(), warehouseID: nil, call.context)
        async let moving = MovementHistory.asked(
            call.asking(query: "stock_item_id=\(call.pathID)&page=1&per_page=\(shownMovements)"))
        let stock = try await counting
        let item = stock.item
        let movements = try await MovementPages.rows(try await moving.movements, call)
        func fact(_ label: String, _ value: String?) -> [String: Any]? {
            value.flatMap { $0.isEmpty ? nil : ["label": label, "value": $0] }
        }
        var values = row(item)
        values["facts"] = [
            fact("SKU", item.sku), fact("Category", item.category), fact("Unit", item.unit),
            fact("Cost", money(item.defaultCost, item)), fact("Price", money(item.defaultPrice, item)),
            fact("Barcode", item.barcode), fact("Reorder point", item.reorderPoint.map { PersonFormat.quantity($0) }),
            fact("Reorder quantity", item.reorderQuantity.map { PersonFormat.quantity($0) }),
            fact("Supplier", item.supplier), fact("Supplier’s SKU", item.supplierSKU),
            fact("Picture", item.imageURL),
        ].compactMap(\.self)
        values["description"] = item.description ?? ""
        values["has_description"] = item.description?.isEmpty == false
        values["notes"] = item.notes ?? ""
        values["has_notes"] = item.notes?.isEmpty == false
        let places = try stock.places.all()
        values["places"] = places.map {
            [
                "warehouse_id": "\($0.warehouseID)", "warehouse": "\($0.name) (\($0.code))",
                "on_hand": PersonFormat.quantity($0.onHand), "reserved": PersonFormat.quantity($0.reserved),
                "available": PersonFormat.quantity($0.available), "location": $0.location ?? "",
            ]
        }
        values["has_places"] = !places.isEmpty
        values["movements"] = movements
        values["has_movements"] = !movements.isEmpty
        return InventoryFrame.page(call, "stock_item", title: item.name, tab: home, try await loading, values)
    }
}

/// The form of a stock item (``StockItemInput``).
enum StockItemForm {
    static let fields = [
        FormField(name: "name", label: "Name", isRequired: true, maxLength: 200, emptiness: .text),
        FormField(
            name: "sku", label: "SKU", hint: "In capitals, once only.", isRequired: true, maxLength: 100,
            emptiness: .text, isShort: true),
        FormField(name: "category", label: "Category", maxLength: 100, isShort: true),
        FormField(name: "unit", label: "Unit", maxLength: 20, placeholder: "pcs", isShort: true),
        FormField(name: "barcode", label: "Barcode", maxLength: 100, isShort: true),
        FormField(name: "default_cost", label: "Cost", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(name: "default_price", label: "Price", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(name: "currency_code", label: "Currency", maxLength: 3, isShort: true),
        FormField(name: "description", label: "Description", control: .area(rows: 3), maxLength: 10_000),
        FormField(name: "is_trackable", label: "Its stock is counted", control: .check),
        FormField(
            name: "reorder_point", label: "Reorder below", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(
            name: "reorder_quantity", label: "Reorder quantity", maxLength: 20, inputMode: "decimal", isShort: true),
        FormField(name: "supplier", label: "Supplier", maxLength: 200),
        FormField(name: "supplier_sku", label: "Supplier’s SKU", maxLength: 100, isShort: true),
        FormField(
            name: "image_url", label: "Address of a picture",
            hint: "Shown as text; this site loads nothing from others.",
            maxLength: 500),
        FormField(name: "notes", label: "Notes", control: .area(rows: 3), maxLength: 10_000),
        FormField(name: "is_active", label: "In use", control: .check),
    ]

    @Sendable static func values(_ item: StockItem) -> [String: String] {
        [
            "name": item.name, "sku": item.sku, "category": item.category ?? "", "unit": item.unit,
            "barcode": item.barcode ?? "", "default_cost": item.defaultCost?.text ?? "",
            "default_price": item.defaultPrice?.text ?? "", "currency_code": item.currency,
            "description": item.description ?? "", "is_trackable": item.isTrackable ? "on" : "",
            "reorder_point": item.reorderPoint.map { PersonFormat.quantity($0) } ?? "",
            "reorder_quantity": item.reorderQuantity.map { PersonFormat.quantity($0) } ?? "",
            "supplier": item.supplier ?? "", "supplier_sku": item.supplierSKU ?? "", "image_url": item.imageURL ?? "",
            "notes": item.notes ?? "", "is_active": item.isActive ? "on" : "",
        ]
    }
}
