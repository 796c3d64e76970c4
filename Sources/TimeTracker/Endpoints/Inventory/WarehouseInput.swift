/// The fields of a warehouse's body.
enum WarehouseInput {
    static let body = ModelBody<Warehouse>(
        "WarehouseInput",
        [
            .init(.string("name", max: 200, min: 1, required: "name is required"), \.name),
            .init(.string("code", max: 50, min: 1, required: "code is required"), \.code) { $0.uppercased() },
            .init(.string("address", max: 2000, emptyIsNull: true, nullable: true), \.address),
            .init(.string("contact_person", max: 200, emptyIsNull: true, nullable: true), \.contactPerson),
            .init(.string("contact_email", max: 200, emptyIsNull: true, nullable: true), \.contactEmail),
            .init(.string("contact_phone", max: 50, emptyIsNull: true, nullable: true), \.contactPhone),
            .init(.boolean("is_active"), \.isActive),
            .init(.string("notes", max: 10_000, emptyIsNull: true, nullable: true), \.notes),
        ])
}
