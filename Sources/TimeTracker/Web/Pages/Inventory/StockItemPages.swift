import HTTPTypes
import Postgres

/// `/inventory/items`: the list, the page of an item, its form (behaviour.md §12.16).
enum StockItemPages {
    private static let home = "/inventory/items"

    private static let pages = ObjectPages<StockItem>(
        home: home, place: .inventory, objects: StockItemResource.objects, list: list, page: show,
        fields: { _ in StockItemForm.fields }, defaults: { ["currency_code": $0.settings.currency] })

    private static let list = ObjectList<StockItem>(
        title: "Stock items", first: "Item",
        chips: { item in
            var chips: [ObjectList<StockItem>.Chip] = item.isActive ? [] : [.outOfUse]
            if isLow(item) { chips.append(.init(text: "low", isWarning: true)) }
            return chips
        },
        columns: [
            .code("SKU", \.sku), .text("Category", \.category),
            .number("On hand") { item, _ in
                item.isTrackable ? "\(PersonFormat.quantity(item.onHand)) \(item.unit)" : "not counted"
            },
            .number("Available") { item, _ in
                item.isTrackable ? "\(PersonFormat.quantity(item.onHand - item.reserved)) \(item.unit)" : nil
            },
            .number("Cost") { item, _ in money(item.defaultCost, item) },
            .number("Price") { item, _ in money(item.defaultPrice, item) },
        ], empty: "An item is a thing that is kept in stock, sold or lent.",
        filters: { call in
            [
                FormField(name: "search", label: "SKU, name or barcode"),
                FormField(
                    name: "category", label: "Category",
                    control: .select(FormOptions.choice(try await InventoryOptions.categories(call), none: "All"))),
                InventoryFrame.useFilter,
            ]
        }, above: { InventoryFrame.tabs(home) }, find: StockItemResource.found)

    static let routes =
        pages.routes + [
            InventoryFrame.route(.get, InventoryFrame.home, "Inventory") { _ in .redirect(to: home) }
        ]

    private static func row(_ item: StockItem) -> [String: Any] {
        [
            "id": "\(item.id)", "sku": item.sku, "name": item.name, "category": item.category ?? "",
            "unit": item.unit, "is_counted": item.isTrackable, "on_hand": PersonFormat.quantity(item.onHand),
            "reserved": PersonFormat.quantity(item.reserved),
            "available": PersonFormat.quantity(item.onHand - item.reserved),
            "price": money(item.defaultPrice, item), "cost": money(item.defaultCost, item),
            "is_low": isLow(item),
            "is_active": item.isActive,
        ]
    }

    private static func isLow(_ item: StockItem) -> Bool {
        item.isTrackable && item.reorderPoint != nil && item.isBelowReorderPoint
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
        let movements = try await MovementPages.rows(try await moving.movements.all(), call)
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
        FormField(name: "name", label: "Name"),
        FormField(name: "sku", label: "SKU", hint: "In capitals, once only.", isShort: true),
        FormField(name: "category", label: "Category", isShort: true),
        FormField(name: "unit", label: "Unit", placeholder: "pcs", isShort: true),
        FormField(name: "barcode", label: "Barcode", isShort: true),
        FormField(name: "default_cost", label: "Cost", isShort: true),
        FormField(name: "default_price", label: "Price", isShort: true),
        FormField(name: "currency_code", label: "Currency", isShort: true),
        FormField(name: "description", label: "Description", control: .area(rows: 3)),
        FormField(name: "is_trackable", label: "Its stock is counted"),
        FormField(name: "reorder_point", label: "Reorder below", isShort: true),
        FormField(name: "reorder_quantity", label: "Reorder quantity", isShort: true),
        FormField(name: "supplier", label: "Supplier"),
        FormField(name: "supplier_sku", label: "Supplier’s SKU", isShort: true),
        FormField(
            name: "image_url", label: "Address of a picture",
            hint: "Shown as text; this site loads nothing from others."),
        FormField(name: "notes", label: "Notes", control: .area(rows: 3)),
        FormField(name: "is_active", label: "In use"),
    ]
}
