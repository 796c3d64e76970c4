import Postgres

/// Making, switching and deleting API tokens (behaviour.md §12.8, §12.21). Each change is an activity.
enum TokenChange {
    /// What a token is to be.
    struct Wish: Sendable {
        var name = ""
        var description = ""
        var ownerID: Int64 = 0
        var scopes: [String] = []
        /// Nil = it never expires.
        var days: Int64?
        /// Comma list; empty = from everywhere.
        var allowedIPs = ""
    }

    struct Made: Sendable {
        let id: Int64
        /// Stored nowhere.
        let plain: String
    }

    /// - Throws: ``APIError`` 400 for an inactive owner, unknown or too powerful scopes; 404 for an unknown owner.
    static func create(_ wish: Wish, _ context: Context, in tx: PostgresTransaction) async throws -> Made {
        let owner = Statement(
            "select u.is_active, \(Roles.isAdmin("u")) from users u where u.id = $1 for share", [.int(wish.ownerID)])
        guard let row = try await tx.query(owner).first else { throw APIError.notFound("User", wish.ownerID) }
        guard row.bool(0) else { throw APIError.validation("user_id", "This user is inactive") }
        let scopes: [String]
        do {
            scopes = try Scopes.validated(wish.scopes.joined(separator: ","), ownerIsAdmin: row.bool(1))
        } catch {
            throw APIError.validation("scopes", "\(error)")
        }
        let token = APIToken()
        let statement = Statement(
            """
            insert into api_tokens (name, description, token_hash, token_prefix, user_id, scopes, expires_at, ip_whitelist)
            values ($1, nullif($2, ''), $3, $4, $5, $6, now() + make_interval(days => $7::int), nullif($8, ''))
            returning id
            """,
            [
                .text(wish.name), .text(wish.description), .text(token.hash), .text(token.prefix), .int(wish.ownerID),
                .text(scopes.joined(separator: ",")), .init(wish.days), .text(wish.allowedIPs),
            ])
        guard let id = try await tx.query(statement).first?.int(0) else { throw APIError.internalError }
        try await context.record([.created], ChangedToken(id: id, name: wish.name), in: tx)
        return Made(id: id, plain: token.plain)
    }

    /// Makes an active token inactive, and an inactive one active.
    ///
    /// - Returns: whether it is active now.
    static func toggle(_ id: Int64, _ context: Context, in tx: PostgresTransaction) async throws -> Bool {
        let statement = Statement(
            "update api_tokens set is_active = not is_active where id = $1 returning is_active, name", [.int(id)])
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("API token", id) }
        try await context.record([.updated], ChangedToken(id: id, name: row.string(1)), in: tx)
        return row.bool(0)
    }

    /// Its idempotency records go with it.
    ///
    /// - Parameter ownerID: whose it must be; nil = anybody's.
    static func delete(_ id: Int64, ownedBy ownerID: Int64?, _ context: Context, in tx: PostgresTransaction)
        async throws
    {
        let statement = Statement(
            "delete from api_tokens where id = $1 and ($2::bigint is null or user_id = $2) returning name",
            [.int(id), .init(ownerID)])
        guard let row = try await tx.query(statement).first else { throw APIError.notFound("API token", id) }
        try await context.record([.deleted], ChangedToken(id: id, name: row.string(0)), in: tx)
    }
}

/// A token as something that changes.
struct ChangedToken: JSONModel, ChangeSubject {
    static let entityType = EntityType.apiToken
    static let schemaName = "ChangedToken"

    let id: Int64
    let name: String

    var entityName: String { name }
    var audience: Audience { .administrators }

    static func describe(_ object: inout some MemberVisitor<ChangedToken>) {
        object.integer("id") { $0.id }
        object.string("name") { $0.name }
    }
}
