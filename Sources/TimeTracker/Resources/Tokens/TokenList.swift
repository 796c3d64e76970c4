import Postgres

/// A token as pages show it.
struct ListedToken: Sendable {
    var id: Int64 = 0
    var name = ""
    var description = ""
    var username = ""
    var prefix = ""
    private var scopeList = ""
    var isActive = false
    var isExpired = false
    /// In the reader's zone; nil = never.
    var expires: WallTime?
    var lastUsed: WallTime?
    var created = WallTime(0)
    /// In all, and in the last 24 hours.
    var uses: Int64 = 0
    var dayUses: Int64 = 0
    private var addressList = ""

    var scopes: [String] { Tags.split(scopeList) }
    /// Addresses from which it may be used; empty = all.
    var onlyFrom: [String] { Tags.split(addressList) }

    /// Newest first.
    ///
    /// - Parameter ownerID: whose; nil = everybody's.
    static func list(of ownerID: Int64?, _ page: PageRequest, zone: String, _ db: PostgresClient) async throws
        -> (tokens: [ListedToken], pagination: Pagination)
    {
        var sql = SQL()
        // The columns' $1.
        _ = sql.bind(.text(zone))
        let condition = ownerID.map { "t.user_id = \(sql.bind(.int($0)))" } ?? "true"
        let statement = PageQuery(
            total: "(select count(*) from api_tokens t where \(condition))",
            page: "select t.* from api_tokens t where \(condition)", order: "t.created_at desc, t.id desc"
        ).statement(
            sql, page, columns: selected, alias: alias, joins: "left join users u on u.id = t.user_id")
        let (models, pagination) = PageQuery.read(try await db.query(statement), page, as: Self.self)
        return (try models.all(), pagination)
    }
}

extension ListedToken: RowProjection {
    static let table = "api_tokens"
    static let alias = "t"
    static let selected = selectList()

    /// Over `api_tokens t` and `users u`; $1 is the reader's zone.
    static func map(_ row: inout some ColumnVisitor, _ token: inout ListedToken) {
        row.column("id", &token.id)
        row.column("name", &token.name)
        row.computed("coalesce(t.description, '')", &token.description)
        row.computed("u.username", &token.username)
        row.column("token_prefix", &token.prefix)
        row.column("scopes", &token.scopeList)
        row.column("is_active", &token.isActive)
        row.computed("t.expires_at is not null and t.expires_at < now()", &token.isExpired)
        row.computed("t.expires_at at time zone $1", &token.expires)
        row.computed("t.last_used_at at time zone $1", &token.lastUsed)
        row.computed("t.created_at at time zone $1", &token.created)
        row.column("usage_count", &token.uses)
        row.computed(
            """
            (select coalesce(sum(r.count), 0)::bigint from api_token_uses r
             where r.api_token_id = t.id and r.hour > now() - interval '24 hours')
            """, &token.dayUses)
        row.computed("coalesce(t.ip_whitelist, '')", &token.addressList)
    }
}
