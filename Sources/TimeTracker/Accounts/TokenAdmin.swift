import Postgres

/// `timetracker token …`: API tokens from the command line (behaviour.md §2.3).
public struct TokenAdmin: Sendable {
    public struct Listed: Sendable {
        public internal(set) var id: Int64 = 0
        public internal(set) var name = ""
        public internal(set) var prefix = ""
        public internal(set) var username = ""
        public internal(set) var scopes = ""
        public internal(set) var isActive = false
        public internal(set) var expiresAt: Instant?
        public internal(set) var usageCount: Int64 = 0

        /// Before it is read.
        init() {}
    }

    static let expiryRange = 1...3650
    /// What the command line takes besides: tokens that have expired already, for tests.
    private static let expiredRange = -3650...0

    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    /// Makes a token and returns its plain text, which is stored nowhere.
    ///
    /// - Parameter expiresDays: 0 and less make a token that has expired; nil one that never does.
    /// - Throws: ``AdminError`` for an unknown or inactive user, an unknown scope, an expiry out of range.
    public func create(user: String, name: String, scopes: String, expiresDays: Int?, allowedAddresses: String? = nil)
        async throws
        -> String
    {
        guard (1...100).contains(name.unicodeScalars.count) else {
            throw AdminError("a token's name has 1 to 100 characters")
        }
        if let expiresDays, !Self.expiryRange.contains(expiresDays), !Self.expiredRange.contains(expiresDays) {
            throw AdminError("--expires-days is \(Self.expiredRange.lowerBound) to \(Self.expiryRange.upperBound)")
        }
        guard let account = try await Accounts(db: db).find(Username.normalise(user)), account.isActive else {
            throw AdminError("there is no active user named '\(user)'")
        }
        let list: [String]
        do {
            list = try Scopes.validated(scopes, ownerIsAdmin: account.isAdmin)
        } catch {
            throw AdminError("\(error)")
        }
        let token = APIToken()
        _ = try await db.execute(
            Statement(
                """
                insert into api_tokens (name, token_hash, token_prefix, user_id, scopes, expires_at, ip_whitelist)
                values ($1, $2, $3, $4, $5, now() + make_interval(days => $6::int), $7::text)
                """,
                [
                    .text(name), .text(token.hash), .text(token.prefix), .int(account.id),
                    .text(list.joined(separator: ",")),
                    .init(expiresDays.map(Int64.init)), .init(allowedAddresses),
                ]))
        return token.plain
    }

    public func list(user: String? = nil) async throws -> [Listed] {
        let statement = Statement(
            """
            select \(Listed.selected) from \(TokenRecord.Stored.tables)
            where $1::text is null or \(NameKey.sql("u.username")) = \(NameKey.sql("$1")) order by t.created_at desc, t.id desc
            """, [.init(user.map(Username.normalise))])
        return try ModelRows(try await db.query(statement)).all()
    }

    /// Effective within a second on every worker.
    public func revoke(id: Int64) async throws {
        let statement = Statement("update api_tokens set is_active = false where id = $1 returning id", [.int(id)])
        if try await db.execute(statement).isEmpty { throw AdminError("there is no token with id \(id)") }
    }
}

extension TokenAdmin.Listed: RowProjection {
    static let table = "api_tokens"
    static let alias = "t"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ token: inout TokenAdmin.Listed) {
        row.column("id", &token.id)
        row.column("name", &token.name)
        row.column("token_prefix", &token.prefix)
        row.computed("u.username", &token.username)
        row.column("scopes", &token.scopes)
        row.column("is_active", &token.isActive)
        row.column("expires_at", &token.expiresAt)
        row.column("usage_count", &token.usageCount)
    }
}
