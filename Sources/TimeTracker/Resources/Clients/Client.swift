import Postgres

/// A client and what hangs on it (behaviour.md §4.1). Money and hours in hundredths, instants in µs since 2000-01-01
/// UTC.
struct Client: Sendable {
    var id: Int64
    var name: String
    var description: String?
    var contactPerson: String?
    var email: String?
    var company: String?
    var phone: String?
    var address: String?
    var defaultHourlyRate: Int64?
    var status: String
    var prepaidHoursMonthly: Int64?
    var prepaidResetDay: Int64
    /// JSON text of an object.
    var customFields: String
    var createdAt: Int64
    var updatedAt: Int64
    var totalProjects: Int64
    var activeProjects: Int64

    /// The columns that ``init(_:)`` reads, over `clients c`.
    static let columns = """
        c.id, c.name, c.description, c.contact_person, c.email, c.company, c.phone, c.address, c.default_hourly_rate, c.status,
        c.prepaid_hours_monthly, c.prepaid_reset_day, coalesce(c.custom_fields, '{}'::jsonb), c.created_at, c.updated_at,
        (select count(*) from projects p where p.client_id = c.id),
        (select count(*) from projects p where p.client_id = c.id and p.status = 'active')
        """

}

extension Client: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        name = columns.string()
        description = columns.stringOrNull()
        contactPerson = columns.stringOrNull()
        email = columns.stringOrNull()
        company = columns.stringOrNull()
        phone = columns.stringOrNull()
        address = columns.stringOrNull()
        defaultHourlyRate = columns.hundredthsOrNull()
        status = columns.string()
        prepaidHoursMonthly = columns.hundredthsOrNull()
        prepaidResetDay = columns.int()
        customFields = columns.string()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        totalProjects = columns.int()
        activeProjects = columns.int()
    }
}

extension Client: JSONModel {
    static let schemaName = "Client"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Client>) {
        object.integer("id") { $0.id }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("contact_person", nullable: true) { $0.contactPerson }
        object.string("email", nullable: true) { $0.email }
        object.string("company", nullable: true) { $0.company }
        object.string("phone", nullable: true) { $0.phone }
        object.string("address", nullable: true) { $0.address }
        object.money("default_hourly_rate", nullable: true) { $0.defaultHourlyRate }
        object.string("status") { $0.status }
        object.boolean("is_active") { $0.status == "active" }
        object.integer("total_projects") { $0.totalProjects }
        object.integer("active_projects") { $0.activeProjects }
        object.money("prepaid_hours_monthly", nullable: true) { $0.prepaidHoursMonthly }
        object.integer("prepaid_reset_day") { $0.prepaidResetDay }
        object.rawObject("custom_fields") { $0.customFields }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
    }
}

extension Client: ChangeSubject {
    static let entityType = EntityType.client
    var entityName: String { name }
    var audience: Audience { .client(id) }
    var changedFigures: ChangedFigures { .everybodys }
}
