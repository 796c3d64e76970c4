/// The fields of a warehouse's body.
enum WarehouseInput {
    static let name = InputField<String>.string("name", max: 200, min: 1, required: "name is required")
    static let code = InputField<String>.string("code", max: 50, min: 1, required: "code is required")
    static let address = InputField<String>.string("address", max: 2000, emptyIsNull: true, nullable: true)
    static let contactPerson = InputField<String>.string("contact_person", max: 200, emptyIsNull: true, nullable: true)
    static let contactEmail = InputField<String>.string("contact_email", max: 200, emptyIsNull: true, nullable: true)
    static let contactPhone = InputField<String>.string("contact_phone", max: 50, emptyIsNull: true, nullable: true)
    static let isActive = InputField<Bool>.boolean("is_active")
    static let notes = InputField<String>.string("notes", max: 10_000, emptyIsNull: true, nullable: true)

    static let body = BodySchema(
        "WarehouseInput", [name, code, address, contactPerson, contactEmail, contactPhone, isActive, notes])
}

extension WarehouseChanges: BodyReadable {
    init(_ input: inout InputReader) {
        self.init()
        name = input.get(WarehouseInput.name)
        code = input.get(WarehouseInput.code)
        address = input.get(WarehouseInput.address)
        contactPerson = input.get(WarehouseInput.contactPerson)
        contactEmail = input.get(WarehouseInput.contactEmail)
        contactPhone = input.get(WarehouseInput.contactPhone)
        isActive = input.get(WarehouseInput.isActive)
        notes = input.get(WarehouseInput.notes)
    }
}
