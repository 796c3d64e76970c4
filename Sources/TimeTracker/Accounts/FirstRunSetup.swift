import Postgres

/// The first-run setup without a browser (behaviour.md §12.6): settings row, first administrator, done; one
/// transaction.
public struct FirstRunSetup: Sendable {
    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    public func isComplete() async throws -> Bool {
        try await db.query(Statement("select setup_completed_at is not null from settings")).first?.bool(0) ?? false
    }

    /// - Returns: false when another process had completed the setup already; nothing is changed then.
    /// - Throws: ``AdminError`` for a bad name, password, time zone or currency.
    public func complete(username: String, password: String, timezone: String?, currency: String?) async throws -> Bool
    {
        let name = try UserAdmin.validName(username)
        try UserAdmin.checkPassword(password)
        if let timezone { try await SettingsAdmin(db: db).checkZone(timezone) }
        if let currency { _ = try SettingsAdmin.parse(currency, .currency, "currency") }
        let hash = try PasswordHash.make(password)
        return try await db.transaction { tx in
            guard
                let row = try await tx.query(
                    Statement("select setup_completed_at is not null from settings for update")
                ).first
            else { throw AdminError("the database has no settings row; run 'timetracker migrate'") }
            if row.bool(0) { return false }
            _ = try await tx.query(
                Statement(
                    """
                    insert into users (username, password_hash, role) values ($1, $2, 'admin')
                    on conflict (username) do update set password_hash = excluded.password_hash, role = 'admin', is_active = true
                    """, [.text(name), .text(hash)]))
            _ = try await tx.query(
                Statement(
                    """
                    update settings set timezone = coalesce($1::text, timezone), currency = coalesce($2::text, currency),
                                        setup_completed_at = now(), setup_salt = gen_random_uuid(), updated_at = now()
                    """, [.init(timezone), .init(currency)]))
            return true
        }
    }
}
