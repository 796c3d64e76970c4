/// A line of a quote as its form has it: texts, as typed.
struct QuoteLine: Sendable {
    /// Lines that a form carries; quotes with more keep theirs, and other fields can be changed (a form has a thousand
    /// fields at most).
    static let most = 80
    /// Lines that are offered empty.
    static let spare = 3

    /// Names of the fields, each of which every line sends.
    private static let names = [
        "item_kind", "item_description", "item_quantity", "item_unit", "item_price", "item_name", "item_category",
        "item_date", "item_sku", "item_stock", "item_warehouse",
    ]

    var kind = "item"
    /// By name, all but the kind.
    private var texts: [String: String] = [:]

    init() {}

    /// - Parameters:
    ///   - skus: of stock items by id.
    ///   - codes: of warehouses by id.
    init(_ item: QuoteItem, skus: [Int64: String], codes: [Int64: String]) {
        kind = item.kind.rawValue
        texts = [
            "item_description": item.description == "-" ? "" : item.description,
            "item_quantity": PersonFormat.quantity(item.quantity), "item_unit": item.unit ?? "",
            "item_price": item.unitPrice.text, "item_name": item.displayName ?? "",
            "item_category": item.category ?? "", "item_date": item.lineDate?.text ?? "",
            "item_sku": item.sku ?? "", "item_stock": item.stockItemID.flatMap { skus[$0.number] } ?? "",
            "item_warehouse": item.warehouseID.flatMap { codes[$0.number] } ?? "",
        ]
    }

    subscript(_ name: String) -> String { Tags.trim(texts[name] ?? "") }

    private var isEmpty: Bool { Self.names.dropFirst().allSatisfy { self[$0].isEmpty } }

    /// The lines of a form that say something, in order.
    ///
    /// - Throws: ``APIError`` 400 for what no form of ours sends.
    static func read(_ form: FormBody) throws -> [QuoteLine] {
        let columns = names.map { form.all($0) }
        guard Set(columns.map(\.count)).count == 1 else { throw APIError.malformedForm }
        return columns[0].indices.map { index in
            var line = QuoteLine()
            line.kind = columns[0][index]
            for (name, column) in zip(names, columns).dropFirst() { line.texts[name] = column[index] }
            return line
        }.filter { !$0.isEmpty }
    }

    /// The line as the operation takes it (``QuoteItemInput``).
    ///
    /// - Parameter names: what the stock items and warehouses of the lines are called.
    func member(_ names: StockNames) -> JSONValue {
        var object = JSONObject()
        func set(_ key: RawText, _ name: String) {
            let text = self[name]
            object.set(key, text.isEmpty ? .null : .string(RawText(text)))
        }
        object.set("line_kind", .string(RawText(kind)))
        set("description", "item_description")
        set("quantity", "item_quantity")
        set("unit_price", "item_price")
        set("unit", "item_unit")
        set("display_name", "item_name")
        set("category", "item_category")
        set("line_date", "item_date")
        set("sku", "item_sku")
        for (key, id) in [
            ("stock_item_id" as RawText, names.item(self["item_stock"])),
            ("warehouse_id", names.warehouse(self["item_warehouse"])),
        ] {
            object.set(key, id.map { .number("\($0)") } ?? .null)
        }
        return .object(object)
    }

    /// What the partial `quote_line` asks for.
    ///
    /// - Parameters:
    ///   - number: from 1.
    ///   - problem: what is wrong with the line.
    func values(number: Int, amount: String, problem: String?) -> [String: Any] {
        var values: [String: Any] = [
            "number": "\(number)", "amount": amount, "line_error": problem ?? "", "has_line_error": problem != nil,
            "kinds_html": FormOptions.html(
                [("item", "Item"), ("expense", "Expense"), ("good", "Good")].map { .init(value: $0.0, name: $0.1) },
                chosen: kind),
            "has_details": Self.names.dropFirst(5).contains { !self[$0].isEmpty },
        ]
        for name in Self.names.dropFirst() { values[name] = texts[name] ?? "" }
        return values
    }
}
