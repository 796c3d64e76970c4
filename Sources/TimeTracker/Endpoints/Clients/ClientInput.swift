/// The fields of a client's body (behaviour.md §4.1).
enum ClientInput {
    static let body = ModelBody<Client>(
        "ClientInput",
        [
            .init(.string("name", max: 200, min: 1, required: "Name is required"), \.name),
            .init(.string("description", max: 100_000, emptyIsNull: true, nullable: true), \.description),
            .init(.string("contact_person", max: 200, emptyIsNull: true, nullable: true), \.contactPerson),
            .init(
                .custom(
                    "email", schema: .string(description: "Email address", format: "email", nullable: true),
                    nullable: true, parse: parseEmail), \.email
            ) { $0.isEmpty ? nil : $0 },
            .init(.string("company", max: 200, emptyIsNull: true, nullable: true), \.company),
            .init(.string("phone", max: 50, emptyIsNull: true, nullable: true), \.phone),
            .init(.string("address", max: 2000, emptyIsNull: true, nullable: true), \.address),
            .init(.amount("default_hourly_rate", precision: 9, nullable: true), \.defaultHourlyRate),
            .init(.word("status"), \.status),
            .init(.hours("prepaid_hours_monthly", precision: 7, nullable: true), \.prepaidHoursMonthly),
            .init(.integer("prepaid_reset_day", range: 1...28), \.prepaidResetDay),
            .init(.json("custom_fields", nullable: true), \.customFields, orNull: .emptyObject),
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
