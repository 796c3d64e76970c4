import Postgres

/// What has been done by whom: rows of `activities` (behaviour.md §3.13), newest first.
enum ActivityLog {
    struct Filter: Sendable {
        var userID: Int64?
        /// Raw value of an ``EntityType``.
        var entityType: String?
        /// Raw value of a ``ChangeAction``.
        var action: String?
        /// Days since 2000-01-01 in the reader's zone.
        var first: Int32?
        var last: Int32?
        /// Only what stands below this row.
        var before: Int64?
    }

    struct Activity: RowProjection {
        var id: Int64 = 0
        var username = ""
        var action = ""
        var entityType = ""
        var entityID: Int64 = 0
        var description = ""
        var address = ""
        var userAgent = ""
        /// In the reader's zone.
        var wall = WallTime(0)

        static let table = "activities"
        static let alias = "a"
        static let selected = selectList()

        /// Over `activities a` and `users u`; $1 is the reader's zone.
        static func map(_ row: inout some ColumnVisitor, _ activity: inout Activity) {
            row.column("id", &activity.id)
            row.computed("u.username", &activity.username)
            row.column("action", &activity.action)
            row.column("entity_type", &activity.entityType)
            row.column("entity_id", &activity.entityID)
            row.computed("coalesce(a.description, a.entity_name, '')", &activity.description)
            row.computed("coalesce(a.ip_address, '')", &activity.address)
            row.computed("coalesce(a.user_agent, '')", &activity.userAgent)
            row.computed("a.created_at at time zone $1", &activity.wall)
        }
    }

    /// Rows are not counted: there is one for each change that was ever made.
    ///
    /// - Parameter most: rows on a page.
    /// - Returns: a page, and whether there is more below it.
    static func list(_ filter: Filter, most: Int, zone: String, _ db: PostgresClient) async throws
        -> (activities: [Activity], hasMore: Bool)
    {
        var sql = SQL()
        // The columns' $1.
        _ = sql.bind(.text(zone))
        sql.add("select \(Activity.selected) from activities a join users u on u.id = a.user_id where true")
        if let user = filter.userID { sql.add(" and a.user_id = ", .int(user)) }
        if let type = filter.entityType { sql.add(" and a.entity_type = ", .text(type)) }
        if let action = filter.action { sql.add(" and a.action = ", .text(action)) }
        if let first = filter.first {
            let start = LocalDay.start(of: first, zone: zone, in: &sql)
            sql.add(" and a.created_at >= \(start)")
        }
        if let last = filter.last {
            let end = LocalDay.start(of: last + 1, zone: zone, in: &sql)
            sql.add(" and a.created_at < \(end)")
        }
        if let before = filter.before { sql.add(" and a.id < ", .int(before)) }
        sql.add(" order by a.id desc limit ", .int(Int64(most) + 1))
        let activities = try ModelRows<Activity>(try await db.query(sql.statement)).all()
        return (Array(activities.prefix(most)), activities.count > most)
    }

    /// Who can have done something: also those who can't sign in any more.
    ///
    /// - Returns: ids and usernames, by name.
    static func users(most: Int, _ db: PostgresClient) async throws -> [(id: Int64, name: String)] {
        let statement = Statement("select id, username from users order by username, id limit $1", [.int(Int64(most))])
        return try await db.query(statement).map { ($0.int(0), $0.string(1)) }
    }
}
