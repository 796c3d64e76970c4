import Postgres

/// User accounts and tokens as sign-in and the command line handle them.
public struct Accounts: Sendable {
    /// Login tokens kept for each user; older ones are revoked (behaviour.md §2.10).
    private static let loginTokensKept = 10

    let db: PostgresClient

    struct Account: Sendable {
        let id: Int64
        let username: String
        let passwordHash: String?
        let isActive: Bool
        let isAdmin: Bool
        let mustChangePassword: Bool
    }

    func find(_ username: String) async throws(PostgresError) -> Account? {
        let statement = Statement(
            """
            select u.id, u.username, u.password_hash, u.is_active, u.password_change_required,
                   \(Roles.isAdmin("u"))
            from users u where \(NameKey.sql("u.username")) = \(NameKey.sql("$1"))
            """, [.text(username)])
        guard let row = try await db.query(statement).first else { return nil }
        return Account(
            id: row.int(0), username: row.string(1), passwordHash: row.stringOrNull(2), isActive: row.bool(3),
            isAdmin: row.bool(5), mustChangePassword: row.bool(4))
    }

    /// Makes the token of a sign-in from an app, remembers the sign-in, and revokes the user's oldest login tokens.
    func signIn(_ account: Account, lifetimeDays: Int, promoteToAdmin: Bool) async throws(PostgresError) -> String {
        let token = APIToken()
        let isAdmin = account.isAdmin || promoteToAdmin
        let name = RawText("App login - \(account.username)").prefix(codePoints: 100).unchecked
        _ = try await db.atomically([
            Statement(
                "update users set last_login = now(), role = case when $2 then 'admin' else role end where id = $1",
                [.int(account.id), .bool(promoteToAdmin)]),
            Statement(
                """
                insert into api_tokens (name, description, token_hash, token_prefix, user_id, scopes, expires_at)
                values ($1, 'Created by signing in from an app', $2, $3, $4, $5,
                        case when $6 > 0 then now() + make_interval(days => $6::int) end)
                """,
                [
                    .text(name), .text(token.hash), .text(token.prefix), .int(account.id),
                    .text(isAdmin ? "admin:all" : "read:*,write:*"), .int(Int64(lifetimeDays)),
                ]),
            Statement(
                """
                update api_tokens set is_active = false
                where is_active and id in (
                    select id from api_tokens where user_id = $1 and name = $2 and is_active
                    order by created_at desc, id desc offset $3)
                """, [.int(account.id), .text(name), .int(Int64(Self.loginTokensKept))]),
        ])
        return token.plain
    }
}
