/// The fields of the body of `POST /api/v1/inventory/movements`.
enum MovementInput {
    fileprivate static let stockItemField = InputField<ID<StockItem>>.id(
        "stock_item_id", required: "stock_item_id is required")
    fileprivate static let warehouseField = InputField<ID<Warehouse>>.id(
        "warehouse_id", required: "warehouse_id is required")
    fileprivate static let quantityField = InputField<Quantity>.signedQuantity(
        "quantity", required: "quantity is required")
    fileprivate static let kindField = InputField<String>.enumeration(
        "movement_type", MovementRequest.Kind.allCases.map(\.rawValue), nullable: true)
    fileprivate static let reasonField = InputField<String>.string(
        "reason", max: 500, emptyIsNull: true, nullable: true)
    fileprivate static let notesField = InputField<String>.string(
        "notes", max: 10_000, emptyIsNull: true, nullable: true)
    fileprivate static let referenceTypeField = InputField<String>.string(
        "reference_type", max: 50, emptyIsNull: true, nullable: true)
    fileprivate static let referenceIDField = InputField<Int64>.id("reference_id", nullable: true)
    fileprivate static let unitCostField = InputField<Money>.amount("unit_cost", precision: 10, nullable: true)
    fileprivate static let devalueField = InputField<Bool>.boolean("devalue_enabled")
    fileprivate static let methodField = InputField<String>.enumeration(
        "devalue_method", ["percent", "fixed"], nullable: true)
    fileprivate static let percentField = InputField<Percent>.percent("devalue_percent")
    fileprivate static let devaluedCostField = InputField<Money>.amount(
        "devalue_unit_cost", precision: 10, nullable: true)

    static let body = BodySchema(
        "StockMovementInput",
        [
            stockItemField, warehouseField, quantityField, kindField, reasonField, notesField, referenceTypeField,
            referenceIDField, unitCostField, devalueField, methodField, percentField, devaluedCostField,
        ])
}

extension MovementRequest {
    init(_ input: inout InputReader) throws {
        let stockItemID = input.get(MovementInput.stockItemField).value ?? .none
        let warehouseID = input.get(MovementInput.warehouseField).value ?? .none
        let quantity = input.get(MovementInput.quantityField).value ?? .zero
        let kind = input.get(MovementInput.kindField).value.flatMap(MovementRequest.Kind.init(rawValue:)) ?? .adjustment
        let reason = input.get(MovementInput.reasonField).value
        let notes = input.get(MovementInput.notesField).value
        let referenceType = input.get(MovementInput.referenceTypeField).value
        let referenceID = input.get(MovementInput.referenceIDField).value
        let unitCost = input.get(MovementInput.unitCostField).value
        let wantsDevaluation = input.get(MovementInput.devalueField).value ?? false
        let isDevalued = kind == .devaluation || wantsDevaluation && (kind == .return || kind == .waste)
        let method = input.get(MovementInput.methodField).value
        let percent = input.get(MovementInput.percentField).value
        let devaluedCost = input.get(MovementInput.devaluedCostField).value
        if kind == .return, quantity < .zero { input.errors.add("quantity", "A return must be positive.") }
        if kind == .waste, quantity > .zero { input.errors.add("quantity", "Waste must be negative.") }
        if kind == .devaluation, quantity < .zero { input.errors.add("quantity", "A devaluation must be positive.") }
        if isDevalued {
            if method == "fixed", devaluedCost == nil {
                input.errors.add("devalue_unit_cost", "devalue_unit_cost is required")
            }
            if method != "fixed", percent == nil { input.errors.add("devalue_percent", "devalue_percent is required") }
        }
        try input.finish()
        self.init(
            stockItemID: stockItemID, warehouseID: warehouseID, quantity: quantity, kind: kind, reason: reason,
            notes: notes, referenceType: referenceType, referenceID: referenceID, unitCost: unitCost,
            isDevalued: isDevalued, percent: method == "fixed" ? nil : percent ?? .zero, devaluedCost: devaluedCost)
    }
}

extension InputField where Value == Quantity {
    /// A quantity with a sign, not 0, of at most two decimals.
    static func signedQuantity(_ key: String, required: String? = nil) -> Self {
        Self(key, required: required, schema: .number(description: "In positive, out negative; 2 decimals")) { value in
            guard let text = value.digits else { return .failure("Not a valid number.") }
            guard let decimal = DecimalText(text) else { return .failure("Not a valid number.") }
            guard let hundredths = decimal.hundredths, abs(hundredths) <= Money.largest else {
                return .failure("The number is too large.")
            }
            guard decimal.isExactInHundredths else { return .failure("At most 2 decimals.") }
            guard hundredths != 0 else { return .failure("Must not be 0.") }
            return .success(Quantity(hundredths))
        }
    }
}
