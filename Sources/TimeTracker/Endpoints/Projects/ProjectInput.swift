/// The fields of a project's body (behaviour.md §4.4).
enum ProjectInput {
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "Name is required")
    static let clientID = InputField<ID<Client>>.id("client_id", required: "client_id is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let billable = InputField<Bool>.boolean("billable")
    static let hourlyRate = InputField<Money>.amount("hourly_rate", precision: 9, nullable: true)
    static let budgetAmount = InputField<Money>.amount("budget_amount", precision: 10, nullable: true)
    static let estimatedHours = InputField<Double>.number("estimated_hours", min: 0, nullable: true)
    static let status = InputField<ProjectStatus>.word("status")
    static let code = InputField<String>.string("code", max: 20, emptyIsNull: true, nullable: true)
    static let billingRef = InputField<String>.string("billing_ref", max: 100, emptyIsNull: true, nullable: true)
    static let threshold = InputField<Int64>.integer("budget_threshold_percent", range: 0...100)
    static let color = InputField<String>.custom(
        "color", schema: .string(description: "#rrggbb", nullable: true), nullable: true, parse: parseColor)
    static let customFields = InputField<JSONText>.json("custom_fields", nullable: true)

    static let body = BodySchema(
        "ProjectInput",
        [
            name, clientID, description, billable, hourlyRate, budgetAmount, estimatedHours, status, code, billingRef,
            threshold,
            color, customFields,
        ])

    @Sendable private static func parseColor(_ value: JSONValue) -> Result<String, InputFailure> {
        guard let text = value.stringValue else { return .failure("Not a valid string.") }
        let digits = text.bytes.dropFirst()
        guard text.byteCount == 7, text.hasPrefix("#"), digits.allSatisfy({ HexDigit.value($0) != nil }) else {
            return .failure("Not a color of the form #rrggbb.")
        }
        return .success(text.asciiLowercased.unchecked)
    }
}

extension ProjectChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
        name = input.get(ProjectInput.name)
        clientID = input.get(ProjectInput.clientID)
        description = input.get(ProjectInput.description)
        billable = input.get(ProjectInput.billable)
        hourlyRate = input.get(ProjectInput.hourlyRate)
        budgetAmount = input.get(ProjectInput.budgetAmount)
        estimatedHours = input.get(ProjectInput.estimatedHours)
        status = input.get(ProjectInput.status)
        code = input.get(ProjectInput.code)
        billingRef = input.get(ProjectInput.billingRef)
        threshold = input.get(ProjectInput.threshold)
        color = input.get(ProjectInput.color)
        customFields = input.get(ProjectInput.customFields)
    }
}
