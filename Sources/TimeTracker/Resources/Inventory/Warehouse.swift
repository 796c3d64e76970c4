/// A place where stock is kept (behaviour.md §9.3).
struct Warehouse: Sendable {
    var id: ID<Warehouse> = .none
    var name = ""
    var code = ""
    var address: String?
    var contactPerson: String?
    var contactEmail: String?
    var contactPhone: String?
    var isActive = true
    var notes: String?
    var createdAt = Instant.none
    var updatedAt = Instant.none
    var createdBy: ID<User> = .none
}

extension Warehouse: StoredObject {
    static let table = "warehouses"
    static let alias = "w"
    static let selected = selectList()
    static let removal = Removal<Warehouse>.deactivate { $0.isActive = false }

    static let constraints = [
        Constraint("warehouses_code_key", "code", "A warehouse with this code already exists")
    ]

    static func map(_ row: inout some ColumnVisitor, _ warehouse: inout Warehouse) {
        row.key("id", &warehouse.id)
        row.column("name", &warehouse.name)
        row.column("code", &warehouse.code)
        row.column("address", &warehouse.address)
        row.column("contact_person", &warehouse.contactPerson)
        row.column("contact_email", &warehouse.contactEmail)
        row.column("contact_phone", &warehouse.contactPhone)
        row.column("is_active", &warehouse.isActive)
        row.column("notes", &warehouse.notes)
        row.stored("created_at", &warehouse.createdAt)
        row.stored("updated_at", &warehouse.updatedAt)
        row.stored("created_by", &warehouse.createdBy)
    }
}

extension Warehouse: JSONModel {
    static let schemaName = "Warehouse"

    static func describe(_ object: inout some MemberVisitor<Warehouse>) {
        object.id("id") { $0.id }
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
        object.id("created_by") { $0.createdBy }
    }
}

extension Warehouse: ChangeSubject {
    static let entityType = EntityType.warehouse
    var entityName: String { name }
    var audience: Audience { .administrators }
}

extension ObjectStore<Warehouse> {
    /// By code.
    static func list(isActiveOnly: Bool, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<Warehouse>, pagination: Pagination)
    {
        try await list(page, context, order: "w.code") { _ in isActiveOnly ? ["w.is_active"] : [] }
    }
}
