import HTTPTypes

/// What the pages of the inventory have in common: routes of their module, and the tabs above them.
enum InventoryFrame {
    static let home = "/inventory"

    private static let tabs: [(path: String, label: String)] = [
        ("/inventory/items", "Items"), ("/inventory/levels", "Stock levels"), ("/inventory/movements", "Movements"),
        ("/inventory/transfers", "Transfers"), ("/inventory/warehouses", "Warehouses"),
        ("/inventory/reports/valuation", "Valuation"), ("/inventory/reports/turnover", "Turnover"),
        ("/inventory/reports/low-stock", "Low stock"),
    ]

    static func route(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, form: String? = nil, isHeavy: Bool = false,
        _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            method, path: path, summary: summary, access: .page(.action(of: form ?? home)), module: .inventory,
            bodyLimit: BodyLimit.longText, isHeavy: isHeavy, response: .string()
        ) { call in
            // Viewers are told so, whatever they have sent.
            if method == .post { try call.principal.requireWriter() }
            return try await handler(call)
        }
    }

    /// What the partial `inventory_tabs` asks for.
    static func tabs(_ current: String) -> [String: Any] {
        [
            "has_tabs": true,
            "tabs": tabs.map {
                ["path": $0.path, "label": $0.label, "is_current": $0.path == current] as [String: Any]
            },
        ]
    }

    /// Of lists whose objects can be out of use.
    static let useFilter = FormField(
        name: "active_only", label: "Show",
        control: .select([.init(value: "", name: "In use"), .init(value: "false", name: "All")]))

    /// - Parameter tab: path of the tab that the page belongs to.
    static func page(
        _ call: Call, _ template: String, title: String, tab: String, _ frame: Frame,
        status: HTTPResponse.Status = .ok, _ values: [String: Any]
    ) -> Reply {
        call.page(template, title: title, .inventory, frame, status: status, values.merging(tabs(tab)) { $1 })
    }

    /// A list page: what was found, or what is wrong with its filters.
    static func list<Value>(
        _ call: Call, _ template: String, title: String, tab: String, _ frame: Frame, _ findings: Findings<Value>,
        _ values: [String: Any]
    ) -> Reply {
        var values = values
        values["is_filtered"] = call.isFiltered
        values["has_problems"] = findings.problems != nil
        values["problems"] = findings.problems?.listed([]) ?? []
        return page(
            call, template, title: title, tab: tab, frame,
            status: findings.problems == nil ? .ok : .unprocessableContent, values)
    }
}

extension ObjectList.Chip {
    static var outOfUse: Self { Self(text: "Out of use") }
}
