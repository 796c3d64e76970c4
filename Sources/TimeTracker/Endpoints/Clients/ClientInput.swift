/// The fields of a client's body (behaviour.md §4.1).
enum ClientInput {
    static let body = ModelBody<Client>(
        "ClientInput",
        [
            .init(.string("name", max: 200, min: 1, required: "Name is required"), \.name),
            .init(.string("description", max: 100_000, emptyIsNull: true, nullable: true), \.description),
            .init(.string("contact_person", max: 200, emptyIsNull: true, nullable: true), \.contactPerson),
            .init(.email("email"), \.email) { $0.isEmpty ? nil : $0 },
            .init(.string("company", max: 200, emptyIsNull: true, nullable: true), \.company),
            .init(.string("phone", max: 50, emptyIsNull: true, nullable: true), \.phone),
            .init(.string("address", max: 2000, emptyIsNull: true, nullable: true), \.address),
            .init(.amount("default_hourly_rate", precision: 9, nullable: true), \.defaultHourlyRate),
            .init(.word("status"), \.status),
            .init(.hours("prepaid_hours_monthly", precision: 7, nullable: true), \.prepaidHoursMonthly),
            .init(.integer("prepaid_reset_day", range: 1...28), \.prepaidResetDay),
            .init(.json("custom_fields", nullable: true), \.customFields, orNull: .emptyObject),
        ])
}
