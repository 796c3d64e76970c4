import Postgres

/// A project with its totals (behaviour.md §4.3).
struct Project: Sendable {
    var id: ID<Project> = .none
    @RowText var name = ""
    @NullableRowText var code: String?
    var clientID: ID<Client> = .none
    @NullableRowText var description: String?
    var isBillable = true
    var hourlyRate: Money?
    @NullableRowText var billingRef: String?
    var status = ProjectStatus.active
    var estimatedHours: Double?
    var budgetAmount: Money?
    var budgetThreshold: Int64 = 80
    var customFields = JSONText.emptyObject
    @NullableRowText var color: String?
    var archivedAt: Instant?
    var archivedBy: ID<User>?
    @NullableRowText var archivedReason: String?
    var createdAt = Instant.none
    var updatedAt = Instant.none
    @NullableRowText var clientName: String?
    var clientRate: Money?
    /// Completed entries of the project.
    var totalSeconds: Int64 = 0
    var billableSeconds: Int64 = 0
}

extension Project: RowModel {
    static let table = "projects"
    static let alias = "p"
    static let selected = selectList()

    static let constraints = [
        Constraint(
            "projects_client_id_name_key", "name", "A project with this name already exists for this client"),
        Constraint("projects_code_key", "code", "This code is already in use"),
        Constraint("projects_client_id_fkey", "client_id", "Client not found"),
    ]

    static let joins = """
        left join clients c on c.id = p.client_id
        \(EntryTotals.joins(ofProject: "p.id"))
        """

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ project: inout Project) {
        row.key("id", &project.id)
        row.column("name", &project._name)
        row.column("code", &project._code)
        row.column("client_id", &project.clientID)
        row.column("description", &project._description)
        row.column("billable", &project.isBillable)
        row.column("hourly_rate", &project.hourlyRate)
        row.column("billing_ref", &project._billingRef)
        row.column("status", &project.status)
        row.column("estimated_hours", &project.estimatedHours)
        row.column("budget_amount", &project.budgetAmount)
        row.column("budget_threshold_percent", &project.budgetThreshold)
        row.column("custom_fields", &project.customFields, read: "coalesce(p.custom_fields, '{}'::jsonb)")
        row.column("color", &project._color)
        row.column("archived_at", &project.archivedAt)
        row.column("archived_by", &project.archivedBy)
        row.column("archived_reason", &project._archivedReason)
        row.stored("created_at", &project.createdAt)
        row.stored("updated_at", &project.updatedAt)
        row.computed("c.name", &project._clientName)
        row.computed("c.default_hourly_rate", &project.clientRate)
        row.computed(EntryTotals.seconds, &project.totalSeconds)
        row.computed(EntryTotals.billableSeconds, &project.billableSeconds)
    }
}

// What follows from the columns. Inlined, because a call of its own would get a copy of the whole project, for each row of a
// list.
extension Project {
    @inline(__always)
    var isArchived: Bool { status == .archived }

    /// Billable hours at the project's rate; nil when not billable or without a rate.
    @inline(__always)
    var estimatedCost: Money? {
        guard isBillable, let hourlyRate else { return nil }
        return Money.cost(seconds: billableSeconds, hourlyRate: hourlyRate)
    }

    /// Billable hours at the project's rate, else the client's, else nothing.
    @inline(__always)
    var budgetConsumed: Money {
        Money.cost(seconds: billableSeconds, hourlyRate: hourlyRate ?? clientRate ?? .zero)
    }

    @inline(__always)
    var exceedsThreshold: Bool {
        guard let budgetAmount else { return false }
        return budgetConsumed.hundredths * 100 >= budgetAmount.hundredths * budgetThreshold
    }
}

extension Project: JSONModel {
    static let schemaName = "Project"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Project>) {
        object.id("id") { $0.id }
        object.string("name") { $0._name }
        object.string("code", nullable: true) { $0._code }
        object.string("code_display") { codeDisplay(name: $0.name, code: $0.code) }
        object.id("client_id") { $0.clientID }
        object.string("client") { $0._clientName.text ?? RowText(wrappedValue: "Unknown Client") }
        object.string("description", nullable: true) { $0._description }
        object.boolean("billable") { $0.isBillable }
        object.amount("hourly_rate", nullable: true) { $0.hourlyRate }
        object.string("billing_ref", nullable: true) { $0._billingRef }
        object.string("status") { $0.status.rawValue }
        object.number("estimated_hours", nullable: true) { $0.estimatedHours }
        object.amount("budget_amount", nullable: true) { $0.budgetAmount }
        object.integer("budget_threshold_percent") { $0.budgetThreshold }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.hours("total_billable_hours", "Hours of completed billable entries") { $0.billableSeconds }
        object.amount("estimated_cost", nullable: true) { $0.estimatedCost }
        object.amount("budget_consumed_amount") { $0.budgetConsumed }
        object.boolean("budget_threshold_exceeded") { $0.exceedsThreshold }
        object.amount("total_costs") { _ in Money.zero }
        object.amount("total_billable_costs") { _ in Money.zero }
        object.amount("total_project_value") { $0.estimatedCost ?? .zero }
        object.rawObject("custom_fields") { $0.customFields }
        object.boolean("is_archived") { $0.isArchived }
        object.instant("archived_at", nullable: true) { $0.archivedAt }
        object.id("archived_by", nullable: true) { $0.archivedBy }
        object.string("archived_reason", nullable: true) { $0._archivedReason }
        object.string("color", nullable: true) { $0._color }
    }
}

extension Project: ChangeSubject {
    static let entityType = EntityType.project
    var entityName: String { name }
    var audience: Audience { .client(clientID.number) }
    var changedFigures: ChangedFigures { .everybodys }

    func writeEventData(to json: inout JSONWriter) {
        json.key("status")
        json.value(status.rawValue)
        json.key("client_id")
        json.value(clientID.number)
    }
}
