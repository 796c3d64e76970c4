import Postgres

/// `timetracker demo`: a year of a small studio's work, to try the product with and to look at its pages.
public struct DemoData: Sendable {
    public struct Summary: Sendable {
        public let entries, projects, people: Int64
    }

    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    /// All or nothing. The first four active users get the entries; people who don't exist yet are made without a password.
    ///
    /// - Throws: ``AdminError`` for an installation that holds projects or entries already, or nobody to book time for.
    public func fill() async throws -> Summary {
        try await db.transaction { tx in
            let check = try await tx.query(
                Statement(
                    """
                    select exists (select 1 from projects) or exists (select 1 from time_entries)
                               or exists (select 1 from quotes) or exists (select 1 from stock_items)
                               or exists (select 1 from warehouses),
                           exists (select 1 from users where is_active)
                    """))
            guard let row = check.first, !row.bool(0) else {
                throw AdminError(
                    "there are projects, entries, quotes or stock already; demo data is for an empty installation")
            }
            guard row.bool(1) else { throw AdminError("set the installation up first") }
            for script in [PackageResources.demo_sql, PackageResources.demo_business_sql] {
                try await tx.script(String(decoding: script, as: UTF8.self))
            }
        }
        let counts = try await db.query(
            Statement(
                """
                select (select count(*) from time_entries), (select count(*) from projects),
                       (select count(distinct user_id) from time_entries)
                """)
        ).first
        return Summary(entries: counts?.int(0) ?? 0, projects: counts?.int(1) ?? 0, people: counts?.int(2) ?? 0)
    }
}
