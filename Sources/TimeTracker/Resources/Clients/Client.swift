import Postgres

/// A client and what hangs on it (behaviour.md §4.1).
struct Client: Sendable {
    enum Status: String, CaseIterable, ColumnValue, TypedText {
        case active, inactive
    }

    var id: ID<Client> = .none
    var name = ""
    var description: String?
    var contactPerson: String?
    var email: String?
    var company: String?
    var phone: String?
    var address: String?
    var defaultHourlyRate: Money?
    var status = Status.active
    var prepaidHoursMonthly: Hours?
    /// Of the month.
    var prepaidResetDay: Int64 = 1
    var customFields = JSONText.emptyObject
    var createdAt = Instant.none
    var updatedAt = Instant.none
    var totalProjects: Int64 = 0
    var activeProjects: Int64 = 0
}

extension Client: StoredObject {
    static let table = "clients"
    static let alias = "c"
    static let selected = selectList()
    static let removal = Removal<Client>.delete(whileReferred: "The client still has projects, quotes or time entries")

    static let constraints = [
        Constraint("clients_name_lower_key", "name", "A client with this name already exists")
    ]

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ client: inout Client) {
        row.key("id", &client.id)
        row.column("name", &client.name)
        row.column("description", &client.description)
        row.column("contact_person", &client.contactPerson)
        row.column("email", &client.email)
        row.column("company", &client.company)
        row.column("phone", &client.phone)
        row.column("address", &client.address)
        row.column("default_hourly_rate", &client.defaultHourlyRate)
        row.column("status", &client.status)
        row.column("prepaid_hours_monthly", &client.prepaidHoursMonthly)
        row.column("prepaid_reset_day", &client.prepaidResetDay)
        row.column("custom_fields", &client.customFields, read: "coalesce(c.custom_fields, '{}'::jsonb)")
        row.stored("created_at", &client.createdAt)
        row.stored("updated_at", &client.updatedAt)
        row.computed("(select count(*) from projects p where p.client_id = c.id)", &client.totalProjects)
        row.computed(
            "(select count(*) from projects p where p.client_id = c.id and p.status = 'active')", &client.activeProjects
        )
    }

    static func isVisible(to context: Context, in sql: inout SQL) -> String {
        Visibility.condition(context.principal, clientID: "c.id", in: &sql)
    }
}

extension Client: JSONModel {
    static let schemaName = "Client"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Client>) {
        object.id("id") { $0.id }
        object.string("name") { $0.name }
        object.string("description", nullable: true) { $0.description }
        object.string("contact_person", nullable: true) { $0.contactPerson }
        object.string("email", nullable: true) { $0.email }
        object.string("company", nullable: true) { $0.company }
        object.string("phone", nullable: true) { $0.phone }
        object.string("address", nullable: true) { $0.address }
        object.amount("default_hourly_rate", nullable: true) { $0.defaultHourlyRate }
        object.string("status") { $0.status.rawValue }
        object.boolean("is_active") { $0.status == .active }
        object.integer("total_projects") { $0.totalProjects }
        object.integer("active_projects") { $0.activeProjects }
        object.amount("prepaid_hours_monthly", nullable: true) { $0.prepaidHoursMonthly }
        object.integer("prepaid_reset_day") { $0.prepaidResetDay }
        object.rawObject("custom_fields") { $0.customFields }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
    }
}

extension Client: ChangeSubject {
    static let entityType = EntityType.client
    var entityName: String { name }
    var audience: Audience { .client(id.number) }
    var changedFigures: ChangedFigures { .everybodys }
}

extension ObjectStore<Client> {
    /// By name.
    ///
    /// - Parameter search: part of name, company or email.
    static func list(status: String?, search: String?, _ page: PageRequest, _ context: Context) async throws
        -> (models: ModelRows<Client>, pagination: Pagination)
    {
        try await list(page, context, order: "c.name") { sql in
            var conditions: [String] = []
            if let status { conditions.append("c.status = \(sql.bind(status.parameter))") }
            if let search {
                conditions.append(
                    TextCondition(text: search).expression(.client, ["name", "company", "email"], in: &sql))
            }
            return conditions
        }
    }

    /// A client that another object is to belong to; it can't be deleted before the end of the transaction.
    ///
    /// - Throws: ``APIError`` 400 for the field `client_id` when there is none, or none that the actor may see.
    static func named(_ id: ID<Client>, _ context: Context, in tx: PostgresTransaction) async throws -> Client {
        do {
            return try await lock(id, context, as: "key share", in: tx)
        } catch let error as APIError where error.isAboutObject {
            throw APIError.validation("client_id", "Client not found")
        }
    }
}
