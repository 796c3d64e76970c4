import Postgres

/// A project with its totals (behaviour.md §4.3). Money in hundredths, instants in µs since 2000-01-01 UTC.
struct Project: Sendable {
    var id: Int64
    var name: String
    var code: String?
    var clientID: Int64
    var description: String?
    var isBillable: Bool
    var hourlyRate: Int64?
    var billingRef: String?
    var status: String
    var estimatedHours: Double?
    var budgetAmount: Int64?
    var budgetThreshold: Int64
    /// JSON text of an object.
    var customFields: String
    var color: String?
    var archivedAt: Int64?
    var archivedBy: Int64?
    var archivedReason: String?
    var createdAt: Int64
    var updatedAt: Int64
    var clientName: String?
    var clientRate: Int64?
    /// Completed entries of the project.
    var totalSeconds: Int64
    var billableSeconds: Int64

    /// The project's own columns, over `projects p`.
    static let columns = """
        p.id, p.name, p.code, p.client_id, p.description, p.billable, p.hourly_rate, p.billing_ref, p.status, p.estimated_hours,
        p.budget_amount, p.budget_threshold_percent, coalesce(p.custom_fields, '{}'::jsonb), p.color, p.archived_at,
        p.archived_by, p.archived_reason, p.created_at, p.updated_at
        """

    /// What ``init(_:)`` reads after ``columns``, over ``joins``.
    static let joinedColumns = "c.name, c.default_hourly_rate, \(EntryTotals.columns)"

    static let joins = """
        left join clients c on c.id = p.client_id
        \(EntryTotals.joins(ofProject: "p.id"))
        """
}

extension Project: ColumnReadable {
    init(_ columns: inout ColumnReader) {
        id = columns.int()
        name = columns.string()
        code = columns.stringOrNull()
        clientID = columns.int()
        description = columns.stringOrNull()
        isBillable = columns.bool()
        hourlyRate = columns.hundredthsOrNull()
        billingRef = columns.stringOrNull()
        status = columns.string()
        estimatedHours = columns.doubleOrNull()
        budgetAmount = columns.hundredthsOrNull()
        budgetThreshold = columns.int()
        customFields = columns.string()
        color = columns.stringOrNull()
        archivedAt = columns.timestampOrNull()
        archivedBy = columns.intOrNull()
        archivedReason = columns.stringOrNull()
        createdAt = columns.timestamp()
        updatedAt = columns.timestamp()
        clientName = columns.stringOrNull()
        clientRate = columns.hundredthsOrNull()
        totalSeconds = columns.intOrNull() ?? 0
        billableSeconds = columns.intOrNull() ?? 0
    }
}

// What follows from the columns. Inlined, because a call of its own would get a copy of the whole project, for each row of a
// list.
extension Project {
    @inline(__always)
    var isArchived: Bool { status == "archived" }

    /// Billable hours at the project's rate, in hundredths; nil when not billable or without a rate.
    @inline(__always)
    var estimatedCost: Int64? {
        guard isBillable, let hourlyRate else { return nil }
        return Money.cost(seconds: billableSeconds, hourlyRate: hourlyRate)
    }

    /// Billable hours at the project's rate, else the client's, else nothing.
    @inline(__always)
    var budgetConsumed: Int64 {
        Money.cost(seconds: billableSeconds, hourlyRate: hourlyRate ?? clientRate ?? 0)
    }

    @inline(__always)
    var exceedsThreshold: Bool {
        guard let budgetAmount else { return false }
        return budgetConsumed * 100 >= budgetAmount * budgetThreshold
    }

}

extension Project: JSONModel {
    static let schemaName = "Project"

    @inline(__always)
    static func describe(_ object: inout some MemberVisitor<Project>) {
        object.integer("id") { $0.id }
        object.string("name") { $0.name }
        object.string("code", nullable: true) { $0.code }
        object.string("code_display") { codeDisplay(name: $0.name, code: $0.code) }
        object.integer("client_id") { $0.clientID }
        object.string("client") { $0.clientName ?? "Unknown Client" }
        object.string("description", nullable: true) { $0.description }
        object.boolean("billable") { $0.isBillable }
        object.money("hourly_rate", nullable: true) { $0.hourlyRate }
        object.string("billing_ref", nullable: true) { $0.billingRef }
        object.string("status") { $0.status }
        object.number("estimated_hours", nullable: true) { $0.estimatedHours }
        object.money("budget_amount", nullable: true) { $0.budgetAmount }
        object.integer("budget_threshold_percent") { $0.budgetThreshold }
        object.instant("created_at") { $0.createdAt }
        object.instant("updated_at") { $0.updatedAt }
        object.hours("total_hours", "Hours of completed entries") { $0.totalSeconds }
        object.hours("total_billable_hours", "Hours of completed billable entries") { $0.billableSeconds }
        object.money("estimated_cost", nullable: true) { $0.estimatedCost }
        object.money("budget_consumed_amount") { $0.budgetConsumed }
        object.boolean("budget_threshold_exceeded") { $0.exceedsThreshold }
        object.money("total_costs") { _ in 0 }
        object.money("total_billable_costs") { _ in 0 }
        object.money("total_project_value") { $0.estimatedCost ?? 0 }
        object.rawObject("custom_fields") { $0.customFields }
        object.boolean("is_archived") { $0.isArchived }
        object.instant("archived_at", nullable: true) { $0.archivedAt }
        object.integer("archived_by", nullable: true) { $0.archivedBy }
        object.string("archived_reason", nullable: true) { $0.archivedReason }
        object.string("color", nullable: true) { $0.color }
    }
}

extension Project: ChangeSubject {
    static let entityType = EntityType.project
    var entityName: String { name }
    var audience: Audience { .client(clientID) }
    var changedFigures: ChangedFigures { .everybodys }

    func writeEventData(to json: inout JSONWriter) {
        json.key("status")
        json.value(status)
        json.key("client_id")
        json.value(clientID)
    }
}
