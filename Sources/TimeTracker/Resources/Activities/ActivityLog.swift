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

    struct Activity: Sendable {
        let id: Int64
        let username: String
        let action: String
        let entityType: String
        let entityID: Int64
        let description: String
        let address: String
        let userAgent: String
        /// As clocks of the reader's zone show it.
        let wall: Int64
    }

    /// Rows are not counted: there is one for each change that was ever made.
    ///
    /// - Parameter most: rows on a page.
    /// - Returns: a page, and whether there is more below it.
    static func list(_ filter: Filter, most: Int, zone: String, _ db: PostgresClient) async throws
        -> (activities: [Activity], hasMore: Bool)
    {
        var sql = SQL()
        let shown = sql.bind(.text(zone))
        sql.add(
            """
            select a.id, u.username, a.action, a.entity_type, a.entity_id,
                   coalesce(a.description, a.entity_name, ''), coalesce(a.ip_address, ''), coalesce(a.user_agent, ''),
                   a.created_at at time zone \(shown)
            from activities a join users u on u.id = a.user_id where true
            """)
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
        let rows = try await db.query(sql.statement).map { row in
            Activity(
                id: row.int(0), username: row.string(1), action: row.string(2), entityType: row.string(3),
                entityID: row.int(4), description: row.string(5), address: row.string(6), userAgent: row.string(7),
                wall: row.timestamp(8))
        }
        return (Array(rows.prefix(most)), rows.count > most)
    }

    /// Who can have done something: also those who can't sign in any more.
    ///
    /// - Returns: ids and usernames, by name.
    static func users(most: Int, _ db: PostgresClient) async throws -> [(id: Int64, name: String)] {
        let statement = Statement("select id, username from users order by username, id limit $1", [.int(Int64(most))])
        return try await db.query(statement).map { ($0.int(0), $0.string(1)) }
    }
}
