import Postgres

/// What signing in with a browser does to accounts (behaviour.md §12.3).
extension Accounts {
    func noteSignIn(_ id: Int64, promoteToAdmin: Bool) async throws(PostgresError) {
        _ = try await db.execute(
            Statement(
                "update users set last_login = now(), role = case when $2 then 'admin' else role end where id = $1",
                [.int(id), .bool(promoteToAdmin)]))
    }

    func allowsSelfRegistration() async throws(PostgresError) -> Bool {
        try await db.query(Statement("select allow_self_register from settings")).first?.bool(0) ?? false
    }

    /// Makes the account of somebody who signs in for the first time.
    /// - Returns: nil when another request has just made an account of that name.
    func register(_ name: String, passwordHash: String, isAdmin: Bool) async throws(PostgresError) -> Account? {
        let statement = Statement(
            """
            insert into users (username, password_hash, role, last_login) values ($1, $2, $3, now())
            on conflict do nothing returning id
            """, [.text(name), .text(passwordHash), .text(isAdmin ? "admin" : "user")])
        guard let id = try await db.execute(statement).first?.int(0) else { return nil }
        return Account(
            id: id, username: name, passwordHash: passwordHash, isActive: true, isAdmin: isAdmin,
            mustChangePassword: false)
    }
}
