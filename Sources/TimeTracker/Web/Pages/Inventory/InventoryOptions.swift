import Postgres

/// What the forms and filters of the inventory offer.
enum InventoryOptions {
    private static let most = 500

    /// `Name (SKU)`, by name.
    ///
    /// - Parameter isCountedOnly: those whose stock is counted.
    static func items(_ call: Call, isCountedOnly: Bool = false) async throws -> [FormField.Option] {
        try await options(
            """
            select id, name || ' (' || sku || ')' from stock_items
            where is_active\(isCountedOnly ? " and is_trackable" : "") order by name, id limit \(most)
            """, call)
    }

    /// `Name (code)`, by code.
    static func warehouses(_ call: Call) async throws -> [FormField.Option] {
        try await options(
            "select id, name || ' (' || code || ')' from warehouses where is_active order by code, id limit \(most)",
            call)
    }

    static func categories(_ call: Call) async throws -> [FormField.Option] {
        try await call.db.query(
            Statement(
                "select distinct category from stock_items where category is not null order by 1 limit \(most)")
        ).map { FormField.Option(value: $0.string(0), name: $0.string(0)) }
    }

    private static func options(_ sql: String, _ call: Call) async throws -> [FormField.Option] {
        try await call.db.query(Statement(sql)).map { FormField.Option(value: "\($0.int(0))", name: $0.string(1)) }
    }

    /// A filter's options with one that stands for all.
    static func filter(_ options: [FormField.Option], _ chosen: String?) -> HTML {
        FormOptions.html([FormField.Option(value: "", name: "All")] + options, chosen: chosen ?? "")
    }
}
