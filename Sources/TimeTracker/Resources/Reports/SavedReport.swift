import Postgres

/// The filter of a report under a name (behaviour.md §12.14): its owner's, or everybody's who has signed in. What it shows
/// is up to who opens it.
struct SavedReport: Sendable {
    enum Span: Sendable {
        case period(ReportPeriod)
        /// Days since 2000-01-01; the last one is part of it.
        case days(first: Int32, last: Int32)
    }

    struct Filter: Sendable {
        let grouping: String
        let span: Span
        let projectID: Int64?
        /// Whose time; nil = everybody's.
        let personID: Int64?
    }

    /// Code points of a name.
    static let longestName = 100
    /// Saved reports of a user.
    static let most = 100

    let id: Int64
    let userID: Int64
    let owner: String
    let name: String
    let filter: Filter
    let isShared: Bool

    func isOwned(by principal: Principal) -> Bool { userID == principal.userID }
}

extension SavedReport {
    private static let columns = """
        r.id, r.user_id, coalesce(nullif(u.full_name, ''), u.username), r.name, r.grouping, r.period, r.first_day, r.last_day,
        r.project_id, r.person_id, r.is_shared
        """

    private init(_ row: Row) {
        id = row.int(0)
        userID = row.int(1)
        owner = row.string(2)
        name = row.string(3)
        let period = row.stringOrNull(5).flatMap(ReportPeriod.init)
        filter = Filter(
            grouping: row.string(4),
            span: period.map { .period($0) } ?? .days(first: row.dateOrNull(6) ?? 0, last: row.dateOrNull(7) ?? 0),
            projectID: row.intOrNull(8), personID: row.intOrNull(9))
        isShared = row.bool(10)
    }

    static let constraints = [
        Constraint("saved_reports_user_id_name_key", "name", "You have a saved report of this name already."),
        Constraint("saved_reports_project_id_fkey", "project_id", "Project not found"),
        Constraint("saved_reports_person_id_fkey", "person", "User not found"),
    ]

    // MARK: Reading

    /// One's own, and those that others share, by name.
    static func list(_ context: Context) async throws -> [SavedReport] {
        try await context.db.query(
            Statement(
                """
                select \(columns) from saved_reports r join users u on u.id = r.user_id
                where r.user_id = $1 or (r.is_shared and u.is_active)
                order by r.user_id <> $1, lower(r.name), r.id limit 300
                """, [.int(context.principal.userID)])
        ).map { SavedReport($0) }
    }

    /// - Throws: ``APIError`` 404 for one that isn't there, or is somebody else's own.
    static func find(_ id: Int64, _ context: Context) async throws -> SavedReport {
        let rows = try await context.db.query(select(id, lock: ""))
        return try checked(rows, id, context)
    }

    private static func select(_ id: Int64, lock: String) -> Statement {
        Statement(
            "select \(columns) from saved_reports r join users u on u.id = r.user_id where r.id = $1\(lock)", [.int(id)]
        )
    }

    private static func checked(_ rows: Rows, _ id: Int64, _ context: Context) throws -> SavedReport {
        guard let report = rows.first.map({ SavedReport($0) }), report.isShared || report.isOwned(by: context.principal)
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
        let (period, first, last): (String?, Int32?, Int32?) =
            switch filter.span {
            case .period(let period): (period.rawValue, nil, nil)
            case .days(let first, let last): (nil, first, last)
            }
        let rows = try await tx.query(
            Statement(
                """
                insert into saved_reports (user_id, name, grouping, period, first_day, last_day, project_id, person_id, is_shared)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
                """,
                [
                    user, .text(name), .text(filter.grouping), .init(period), .init(date: first), .init(date: last),
                    .init(filter.projectID), .init(filter.personID), .bool(isShared),
                ]))
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
