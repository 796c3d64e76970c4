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
}

extension Warehouse: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        name = columns.string()
        code = columns.string()
        address = columns.stringOrNull()
        contactPerson = columns.stringOrNull()
        contactEmail = columns.stringOrNull()
        contactPhone = columns.stringOrNull()
        isActive = columns.bool()
        notes = columns.stringOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        createdBy = columns.int()
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
    static let entityType = EntityType.warehouse
    var entityName: String { name }
    var audience: Audience { .administrators }
}
