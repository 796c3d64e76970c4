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
