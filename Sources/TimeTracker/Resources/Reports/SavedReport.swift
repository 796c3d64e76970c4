import Postgres

/// The filter of a report under a name (behaviour.md §12.14): its owner's, or everybody's who has signed in. What it shows
/// is up to who opens it.
struct SavedReport: Sendable {
    enum Span: Sendable {
        case period(ReportPeriod)
        /// The last one is part of it.
        case days(first: Day, last: Day)
    }

    struct Filter: Sendable {
        var grouping = ""
        /// Nil = just ``firstDay`` to ``lastDay``.
        private var period: ReportPeriod?
        private var firstDay: Day?
        private var lastDay: Day?
        var projectID: ID<Project>?
        /// Whose time; nil = everybody's.
        var personID: ID<User>?

        init() {}

        init(grouping: String, span: Span, projectID: ID<Project>?, personID: ID<User>?) {
            self.grouping = grouping
            switch span {
            case .period(let period): self.period = period
            case .days(let first, let last): (firstDay, lastDay) = (first, last)
            }
            self.projectID = projectID
            self.personID = personID
        }

        var span: Span {
            period.map { .period($0) } ?? .days(first: firstDay ?? Day(0), last: lastDay ?? Day(0))
        }
    }

    /// Code points of a name.
    static let longestName = 100
    /// Saved reports of a user.
    static let most = 100

    var id: Int64 = 0
    var userID: ID<User> = .none
    var owner = ""
    var name = ""
    var filter = Filter()
    var isShared = false

    func isOwned(by principal: Principal) -> Bool { userID.number == principal.userID }
}

extension SavedReport.Filter: RowProjection {
    static let table = SavedReport.table
    static let alias = SavedReport.alias
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ filter: inout SavedReport.Filter) {
        row.column("grouping", &filter.grouping)
        row.column("period", &filter.period)
        row.column("first_day", &filter.firstDay)
        row.column("last_day", &filter.lastDay)
        row.column("project_id", &filter.projectID)
        row.column("person_id", &filter.personID)
    }

    /// In the order of the columns.
    fileprivate var parameters: [PostgresValue] {
        [
            .text(grouping), period.parameter, firstDay.parameter, lastDay.parameter, projectID.parameter,
            personID.parameter,
        ]
    }
}

extension SavedReport: RowProjection {
    static let table = "saved_reports"
    static let alias = "r"
    static let selected = selectList()

    /// Over `saved_reports r` and `users u`.
    static func map(_ row: inout some ColumnVisitor, _ report: inout SavedReport) {
        row.column("id", &report.id)
        row.column("user_id", &report.userID)
        row.computed("coalesce(nullif(u.full_name, ''), u.username)", &report.owner)
        row.column("name", &report.name)
        row.model(&report.filter)
        row.column("is_shared", &report.isShared)
    }

    static let constraints = [
        Constraint("saved_reports_user_id_name_key", "name", "You have a saved report of this name already."),
        Constraint("saved_reports_project_id_fkey", "project_id", "Project not found"),
        Constraint("saved_reports_person_id_fkey", "person", "User not found"),
    ]

    // MARK: Reading

    /// One's own, and those that others share, by name.
    static func list(_ context: Context) async throws -> [SavedReport] {
        let rows = try await context.db.query(
            Statement(
                """
                select \(selected) from saved_reports r join users u on u.id = r.user_id
                where r.user_id = $1 or (r.is_shared and u.is_active)
                order by r.user_id <> $1, lower(r.name), r.id limit 300
                """, [.int(context.principal.userID)]))
        return try ModelRows(rows).all()
    }

    /// - Throws: ``APIError`` 404 for one that isn't there, or is somebody else's own.
    static func find(_ id: Int64, _ context: Context) async throws -> SavedReport {
        let rows = try await context.db.query(select(id, lock: ""))
        return try checked(rows, id, context)
    }

    private static func select(_ id: Int64, lock: String) -> Statement {
        Statement(
            "select \(selected) from saved_reports r join users u on u.id = r.user_id where r.id = $1\(lock)",
            [.int(id)]
        )
    }

    private static func checked(_ rows: Rows, _ id: Int64, _ context: Context) throws -> SavedReport {
        guard let report = try rows.first.map({ try SavedReport($0) }),
            report.isShared || report.isOwned(by: context.principal)
        else { throw APIError.notFound("Saved report", id) }
        return report
    }

    // MARK: Changes

    /// - Returns: its id.
    static func create(
        _ name: String, _ filter: Filter, isShared: Bool, _ context: Context, in tx: PostgresTransaction
    ) async throws -> Int64 {
        let user = PostgresValue.int(context.principal.userID)
        // Two at once must not both be the last one that fits.
        _ = try await tx.query(Statement("select from users where id = $1 for no key update", [user]))
        let count = try await tx.query(Statement("select count(*) from saved_reports where user_id = $1", [user]))
        guard (count.first?.int(0) ?? 0) < Int64(most) else {
            throw APIError.rule("too_many_reports", "You have \(most) saved reports: delete one of them first.")
        }
        let rows = try await tx.query(
            Statement(
                """
                insert into saved_reports (user_id, name, grouping, period, first_day, last_day, project_id, person_id, is_shared)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
                """, [user, .text(name)] + filter.parameters + [.bool(isShared)]))
        guard let id = rows.first?.int(0) else { throw APIError.internalError }
        return id
    }

    /// Gives one's own another name, and shares it or no more.
    static func update(
        _ id: Int64, name: String, isShared: Bool, _ context: Context, in tx: PostgresTransaction
    ) async throws {
        let report = try checked(try await tx.query(select(id, lock: " for update of r")), id, context)
        guard report.isOwned(by: context.principal) else {
            throw APIError.forbidden("Only \(report.owner) can change this report")
        }
        _ = try await tx.query(
            Statement(
                "update saved_reports set name = $2, is_shared = $3, updated_at = clock_timestamp() where id = $1",
                [.int(id), .text(name), .bool(isShared)]))
    }

    /// One's own; an administrator also removes what others share.
    static func remove(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws {
        let report = try checked(try await tx.query(select(id, lock: " for update of r")), id, context)
        guard report.isOwned(by: context.principal) || context.principal.isAdmin else {
            throw APIError.forbidden("Only \(report.owner) and administrators can delete this report")
        }
        _ = try await tx.query(Statement("delete from saved_reports where id = $1", [.int(id)]))
    }
}
