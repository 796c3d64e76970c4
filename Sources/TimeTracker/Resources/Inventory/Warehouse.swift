import Postgres

/// A place where stock is kept (behaviour.md §9.3).
struct Warehouse: Sendable {
    var id: Int64 = 0
    var name = ""
    var code = ""
    var address: String?
    var contactPerson: String?
    var contactEmail: String?
    var contactPhone: String?
    var isActive = true
    var notes: String?
    var createdAt: Int64 = 0
    var updatedAt: Int64 = 0
    var createdBy: Int64 = 0

    /// Columns over `warehouses w`.
    static let columns = """
        w.id, w.name, w.code, w.address, w.contact_person, w.contact_email, w.contact_phone, w.is_active, w.notes, w.created_at,
        w.updated_at, w.created_by
        """
    static let columnCount = 12
}

extension Warehouse {
    init(_ row: Row, offset o: Int = 0) {
        id = row.int(o)
        name = row.string(o + 1)
        code = row.string(o + 2)
        address = row.stringOrNull(o + 3)
        contactPerson = row.stringOrNull(o + 4)
        contactEmail = row.stringOrNull(o + 5)
        contactPhone = row.stringOrNull(o + 6)
        isActive = row.bool(o + 7)
        notes = row.stringOrNull(o + 8)
        createdAt = row.timestamp(o + 9)
        updatedAt = row.timestamp(o + 10)
        createdBy = row.int(o + 11)
    }
}

extension Warehouse: JSONModel {
    static let schemaName = "Warehouse"

    static func describe(_ object: inout some MemberVisitor<Warehouse>) {
        object.integer("id") { $0.id }
        object.string("name") { $0.name }
        object.string("code") { $0.code }
        object.string("address", nullable: true) { $0.address }
        object.string("contact_person", nullable: true) { $0.contactPerson }
        object.string("contact_email", nullable: true) { $0.contactEmail }
        object.string("contact_phone", nullable: true) { $0.contactPhone }
        object.boolean("is_active") { $0.isActive }
        object.string("notes", nullable: true) { $0.notes }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.integer("created_by") { $0.createdBy }
    }
}

extension Warehouse: ChangeSubject {
    static let entityType = "warehouse"
    var entityName: String { name }
    var audience: Audience { .administrators }
}

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

/// What a body wants to set on a warehouse.
struct WarehouseChanges: Sendable {
    private let name, code, address, contactPerson, contactEmail, contactPhone, notes: Presence<String>
    private let isActive: Presence<Bool>

    init(_ input: inout InputReader) {
        name = input.get(WarehouseInput.name)
        code = input.get(WarehouseInput.code)
        address = input.get(WarehouseInput.address)
        contactPerson = input.get(WarehouseInput.contactPerson)
        contactEmail = input.get(WarehouseInput.contactEmail)
        contactPhone = input.get(WarehouseInput.contactPhone)
        isActive = input.get(WarehouseInput.isActive)
        notes = input.get(WarehouseInput.notes)
    }

    func apply(to warehouse: inout Warehouse) {
        warehouse.name = name.value ?? warehouse.name
        warehouse.code = code.value?.uppercased() ?? warehouse.code
        warehouse.address = address.orKeep(warehouse.address)
        warehouse.contactPerson = contactPerson.orKeep(warehouse.contactPerson)
        warehouse.contactEmail = contactEmail.orKeep(warehouse.contactEmail)
        warehouse.contactPhone = contactPhone.orKeep(warehouse.contactPhone)
        warehouse.isActive = isActive.value ?? warehouse.isActive
        warehouse.notes = notes.orKeep(warehouse.notes)
    }
}
