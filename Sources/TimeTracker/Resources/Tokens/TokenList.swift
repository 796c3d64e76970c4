import Postgres

/// A token as pages show it.
struct ListedToken: Sendable {
    let id: Int64
    let name, description, username, prefix: String
    let scopes: [String]
    let isActive, isExpired: Bool
    /// As clocks of the reader's zone show them; nil = never.
    let expires, lastUsed: Int64?
    let created: Int64
    /// In all, and in the last 24 hours.
    let uses, dayUses: Int64
    /// Addresses from which it may be used; empty = all.
    let onlyFrom: [String]

    private static let columns = """
        t.id, t.name, coalesce(t.description, ''), u.username, t.token_prefix, t.scopes, t.is_active,
        t.expires_at is not null and t.expires_at < now(), t.usage_count, coalesce(t.ip_whitelist, ''),
        (select coalesce(sum(r.count), 0)::bigint from api_token_uses r
         where r.api_token_id = t.id and r.hour > now() - interval '24 hours')
        """

    private init(_ row: Row) {
        id = row.int(1)
        name = row.string(2)
        description = row.string(3)
        username = row.string(4)
        prefix = row.string(5)
        scopes = Tags.split(row.string(6))
        isActive = row.bool(7)
        isExpired = row.bool(8)
        uses = row.int(9)
        onlyFrom = Tags.split(row.string(10))
        dayUses = row.int(11)
        expires = row.timestampOrNull(12)
        lastUsed = row.timestampOrNull(13)
        created = row.timestamp(14)
    }

    /// Newest first.
    ///
    /// - Parameter ownerID: whose; nil = everybody's.
    static func list(of ownerID: Int64?, _ page: PageRequest, zone: String, _ db: PostgresClient) async throws
        -> (tokens: [ListedToken], pagination: Pagination)
    {
        var sql = SQL()
        let condition = ownerID.map { "t.user_id = \(sql.bind(.int($0)))" } ?? "true"
        let zone = sql.bind(.text(zone))
        let times = ["expires_at", "last_used_at", "created_at"].map { "t.\($0) at time zone \(zone)" }
        let statement = PageQuery(
            total: "(select count(*) from api_tokens t where \(condition))",
            page: "select t.* from api_tokens t where \(condition)", order: "t.created_at desc, t.id desc"
        ).statement(
            sql, page, columns: columns + ", " + times.joined(separator: ", "), alias: "t",
            joins: "left join users u on u.id = t.user_id")
        let (models, pagination) = PageQuery.read(try await db.query(statement), page) { ListedToken($0) }
        return (Array(models), pagination)
    }
}
