import Postgres

/// User accounts and tokens as sign-in and the command line handle them.
public struct Accounts: Sendable {
    /// Login tokens kept for each user; older ones are revoked (behaviour.md §2.10).
    private static let loginTokensKept = 10

    let db: PostgresClient

    struct Account: RowProjection {
        var id: Int64 = 0
        var username = ""
        var passwordHash: String?
        var isActive = false
        var isAdmin = false
        var mustChangePassword = false

        static let table = "users"
        static let alias = "u"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ account: inout Account) {
            row.column("id", &account.id)
            row.column("username", &account.username)
            row.column("password_hash", &account.passwordHash)
            row.column("is_active", &account.isActive)
            row.computed(Roles.isAdmin("u"), &account.isAdmin)
            row.column("password_change_required", &account.mustChangePassword)
        }
    }

    func find(_ username: String) async throws -> Account? {
        let statement = Statement(
            """
            select \(Account.selected) from users u where \(NameKey.sql("u.username")) = \(NameKey.sql("$1"))
            """, [.text(username)])
        return try await db.query(statement).first.map { try Account($0) }
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
