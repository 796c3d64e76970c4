/// The body of `POST /api/v1/inventory/movements` (behaviour.md §9.5).
struct MovementInput: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case adjustment, sale, rent, purchase, `return`, waste, devaluation, usage, consumption
    }

    private static let stockItemField = InputField<Int64>.id("stock_item_id", required: "stock_item_id is required")
    private static let warehouseField = InputField<Int64>.id("warehouse_id", required: "warehouse_id is required")
    private static let quantityField = InputField<Int64>.signedQuantity("quantity", required: "quantity is required")
    private static let kindField = InputField<String>.enumeration(
        "movement_type", Kind.allCases.map(\.rawValue), nullable: true)
    private static let reasonField = InputField<String>.string("reason", max: 500, emptyIsNull: true, nullable: true)
    private static let notesField = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)
    private static let referenceTypeField = InputField<String>.string(
        "reference_type", max: 50, emptyIsNull: true, nullable: true)
    private static let referenceIDField = InputField<Int64>.id("reference_id", nullable: true)
    private static let unitCostField = InputField<Int64>.money("unit_cost", precision: 10, nullable: true)
    private static let devalueField = InputField<Bool>.boolean("devalue_enabled")
    private static let methodField = InputField<String>.enumeration(
        "devalue_method", ["percent", "fixed"], nullable: true)
    private static let percentField = InputField<Int64>.decimal(
        "devalue_percent", precision: 5, nullable: true, most: 100_00)
    private static let devaluedCostField = InputField<Int64>.money("devalue_unit_cost", precision: 10, nullable: true)

    static let body = BodySchema(
        "StockMovementInput",
        [
            stockItemField, warehouseField, quantityField, kindField, reasonField, notesField, referenceTypeField,
            referenceIDField, unitCostField, devalueField, methodField, percentField, devaluedCostField,
        ])

    let stockItemID: Int64
    let warehouseID: Int64
    /// Signed hundredths, never 0.
    let quantity: Int64
    let kind: Kind
    let reason, notes, referenceType: String?
    let referenceID, unitCost: Int64?
    let isDevalued: Bool
    private let method: String?
    private let percent, devaluedCost: Int64?

    init(_ input: inout InputReader) throws {
        stockItemID = input.get(Self.stockItemField).value ?? 0
        warehouseID = input.get(Self.warehouseField).value ?? 0
        quantity = input.get(Self.quantityField).value ?? 0
        let kind = input.get(Self.kindField).value.flatMap(Kind.init(rawValue:)) ?? .adjustment
        self.kind = kind
        reason = input.get(Self.reasonField).value
        notes = input.get(Self.notesField).value
        referenceType = input.get(Self.referenceTypeField).value
        referenceID = input.get(Self.referenceIDField).value
        unitCost = input.get(Self.unitCostField).value
        let wantsDevaluation = input.get(Self.devalueField).value ?? false
        isDevalued = kind == .devaluation || wantsDevaluation && (kind == .return || kind == .waste)
        method = input.get(Self.methodField).value
        percent = input.get(Self.percentField).value
        devaluedCost = input.get(Self.devaluedCostField).value
        if kind == .return, quantity < 0 { input.errors.add("quantity", "A return must be positive.") }
        if kind == .waste, quantity > 0 { input.errors.add("quantity", "Waste must be negative.") }
        if kind == .devaluation, quantity < 0 { input.errors.add("quantity", "A devaluation must be positive.") }
        if isDevalued {
            if method == "fixed", devaluedCost == nil {
                input.errors.add("devalue_unit_cost", "devalue_unit_cost is required")
            }
            if method != "fixed", percent == nil { input.errors.add("devalue_percent", "devalue_percent is required") }
        }
        try input.finish()
    }

    /// Cost of a piece after the devaluation.
    func devaluedCost(from cost: Int64) -> Int64 {
        if method == "fixed" { return min(devaluedCost ?? cost, cost) }
        return cost - (Money.scaled(cost, by: percent ?? 0, over: 10_000) ?? 0)
    }
}

extension InputField where Value == Int64 {
    /// A quantity in hundredths with a sign, not 0, of at most two decimals.
    static func signedQuantity(_ key: String, required: String? = nil) -> Self {
        Self(key, required: required, schema: .number(description: "In positive, out negative; 2 decimals")) { value in
            guard let text = value.digits else { return .failure("Not a valid number.") }
            guard let decimal = DecimalText(text) else { return .failure("Not a valid number.") }
            guard let hundredths = decimal.hundredths, abs(hundredths) <= Money.largest else {
                return .failure("The number is too large.")
            }
            guard decimal.isExactInHundredths else { return .failure("At most 2 decimals.") }
            guard hundredths != 0 else { return .failure("Must not be 0.") }
            return .success(hundredths)
        }
    }
}
