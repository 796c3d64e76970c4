/// The fields of a client's body (behaviour.md §4.1).
enum ClientInput {
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "Name is required")
    static let description = InputField<String>.string("description", max: 100_000, emptyIsNull: true, nullable: true)
    static let contactPerson = InputField<String>.string("contact_person", max: 200, emptyIsNull: true, nullable: true)
    static let email = InputField<String>.custom(
        "email", schema: .string(description: "Email address", format: "email", nullable: true), nullable: true,
        parse: parseEmail)
    static let company = InputField<String>.string("company", max: 200, emptyIsNull: true, nullable: true)
    static let phone = InputField<String>.string("phone", max: 50, emptyIsNull: true, nullable: true)
    static let address = InputField<String>.string("address", max: 2000, emptyIsNull: true, nullable: true)
    static let rate = InputField<Int64>.money("default_hourly_rate", precision: 9, nullable: true)
    static let status = InputField<String>.enumeration("status", ["active", "inactive"])
    static let prepaidHours = InputField<Int64>.decimal("prepaid_hours_monthly", precision: 7, nullable: true)
    static let prepaidResetDay = InputField<Int64>.integer("prepaid_reset_day", range: 1...28)
    static let customFields = InputField<String>.object("custom_fields", nullable: true)

    static let body = BodySchema(
        "ClientInput",
        [
            name, description, contactPerson, email, company, phone, address, rate, status, prepaidHours,
            prepaidResetDay,
            customFields,
        ])

    /// Something before one `@`, a dotted name after it, no blanks: enough to catch slips without refusing real addresses.
    @Sendable private static func parseEmail(_ value: JSONValue) -> Result<String, InputFailure> {
        guard let raw = value.stringValue else { return .failure("Not a valid string.") }
        let trimmed = raw.trimmed
        do throws(RawText.Refusal) {
            let text = try trimmed.text(atMost: 200)
            let parts = trimmed.split(UInt8(ascii: "@"))
            guard
                text.isEmpty
                    || (parts.count == 2 && !parts[0].isEmpty && parts[1].contains(UInt8(ascii: "."))
                        && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
                        && !text.unicodeScalars.contains(where: \.properties.isWhitespace))
            else { return .failure("Not a valid email address.") }
            return .success(text)
        } catch {
            return InputFailure.result(error, limit: 200)
        }
    }
}

extension ClientChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
        name = input.get(ClientInput.name)
        description = input.get(ClientInput.description)
        contactPerson = input.get(ClientInput.contactPerson)
        email = input.get(ClientInput.email)
        company = input.get(ClientInput.company)
        phone = input.get(ClientInput.phone)
        address = input.get(ClientInput.address)
        rate = input.get(ClientInput.rate)
        status = input.get(ClientInput.status)
        prepaidHours = input.get(ClientInput.prepaidHours)
        prepaidResetDay = input.get(ClientInput.prepaidResetDay)
        customFields = input.get(ClientInput.customFields)
    }
}
