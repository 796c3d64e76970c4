import Postgres

/// Writes users, and keeps their rules (behaviour.md §11.3): for pages, which record what they do (``UserOperations``), and for
/// commands, in which nobody acts.
enum UserWriter {
    /// Changes of users wait for each other: otherwise two administrators could demote each other at once.
    private static let lock = Statement("select pg_advisory_xact_lock(hashtextextended('users', 0))")

    /// - Throws: ``ValidationError`` for a bad or taken name; `PostgresError` for clients that aren't there.
    static func create(_ changes: UserChanges, in tx: PostgresTransaction) async throws -> Int64 {
        var account = UserAccount()
        changes.apply(to: &account)
        try check(username: account.username)
        let statement = Statement(
            """
            insert into users (username, email, full_name, role, is_active, password_change_required, password_hash)
            values ($1, $2::text, $3::text, $4, $5, $6, $7::text) on conflict do nothing returning id
            """, values(account, changes))
        guard let id = try await tx.query(statement).first?.int(0) else {
            throw refusal("username", "A user named '\(account.username)' exists already")
        }
        try await assign(account, to: id, replacesRoles: true, in: tx)
        return id
    }

    /// - Parameter kept: hash of the id of a session that goes on whatever is changed.
    /// - Throws: ``APIError`` 404 for an unknown id; ``ValidationError`` for a bad name, and for a change that would leave no
    ///   active administrator; `PostgresError` for a taken name, and for clients that aren't there.
    static func update(
        _ id: Int64, _ changes: UserChanges, keeping kept: String? = nil, in tx: PostgresTransaction
    ) async throws -> UserUpdate {
        let before = try await locked(id, in: tx)
        var after = before
        changes.apply(to: &after)
        if after.username != before.username { try check(username: after.username) }
        var update = UserUpdate(before: before, after: after, setsPassword: changes.passwordHash != nil)
        guard !update.changesNothing else { return update }
        if before.isActiveAdmin, !after.isActiveAdmin {
            try await requireAdministrator(besides: id, for: after.isActive ? "role" : "is_active", in: tx)
        }
        let sets = """
            update users set username = $1, email = $2::text, full_name = $3::text, is_active = $5,
                role = case when $9 then $4 else role end, password_change_required = $6,
                password_hash = coalesce($7::text, password_hash)
            where id = $8
            """
        let changesRole = after.role != before.role
        _ = try await tx.query(Statement(sets, values(after, changes) + [.int(id), .bool(changesRole)]))
        if changesRole || after.clientIDs != before.clientIDs {
            try await assign(after, to: id, replacesRoles: changesRole, in: tx)
        }
        if update.endsSessions {
            let statement = Statement(
                "delete from sessions where user_id = $1 and id_hash is distinct from $2::text returning id_hash",
                [.int(id), .init(kept)])
            update.endedSessions = try await tx.query(statement).map { $0.string(0) }
        }
        return update
    }

    /// Removes a user whom nothing refers to but what goes with him: tokens, webhooks, sessions, saved reports.
    ///
    /// - Throws: ``APIError`` 404 for an unknown id, 409 for a user with data; ``ValidationError`` for the last active
    ///   administrator.
    static func delete(_ id: Int64, in tx: PostgresTransaction) async throws {
        if try await locked(id, in: tx).isActiveAdmin {
            try await requireAdministrator(besides: id, for: "is_active", in: tx)
        }
        do throws(PostgresError) {
            _ = try await tx.query(Statement("delete from users where id = $1", [.int(id)]))
        } catch {
            guard error.code == .foreignKeyViolation else { throw error }
            throw APIError.conflict("Time entries, activities or other data belong to the user")
        }
    }

    /// - Returns: the id of the user of that name; nil when there is none.
    static func id(named username: String, in tx: PostgresTransaction) async throws -> Int64? {
        let statement = Statement(
            "select id from users where \(NameKey.sql("username")) = \(NameKey.sql("$1"))",
            [.text(Username.normalise(username))])
        return try await tx.query(statement).first?.int(0)
    }

    private static func check(username: String) throws {
        guard !Username.isValid(username) else { return }
        throw refusal(
            "username",
            "User names are 1 to \(Username.maxLength) of a-z, 0-9, dot, underscore and hyphen; '\(username)' is not")
    }

    private static func refusal(_ field: String, _ message: String) -> ValidationError {
        var errors = ValidationErrors()
        errors.add(field, message)
        return ValidationError(errors: errors)
    }

    /// - Throws: ``ValidationError`` when nobody else is an active administrator; the lock keeps others so.
    private static func requireAdministrator(
        besides id: Int64, for field: String, in tx: PostgresTransaction
    ) async throws {
        let others = Statement(
            "select exists (select 1 from users u where u.id <> $1 and u.is_active and \(Roles.isAdmin("u")))",
            [.int(id)])
        guard try await tx.query(others).first?.bool(0) != true else { return }
        throw refusal(field, "This is the last active administrator. Make somebody else one first.")
    }

    /// The account as it is now that nobody else changes users.
    private static func locked(_ id: Int64, in tx: PostgresTransaction) async throws -> UserAccount {
        let select = Statement(
            "select \(UserAccount.selected) from users u where u.id = $1 for no key update of u", [.int(id)])
        // A statement of its own: its snapshot has to be younger than the lock.
        guard let row = try await tx.pipeline([lock, select]).last?.first else { throw APIError.notFound("User", id) }
        return try UserAccount(row)
    }

    private static func values(_ account: UserAccount, _ changes: UserChanges) -> [PostgresValue] {
        [
            .text(account.username), .init(account.email), .init(account.fullName), .text(account.role.rawValue),
            .bool(account.isActive), .bool(account.mustChangePassword), .init(changes.passwordHash),
        ]
    }

    /// Stores assigned clients and, in place of all roles that were assigned before, the account's.
    private static func assign(
        _ account: UserAccount, to id: Int64, replacesRoles: Bool, in tx: PostgresTransaction
    ) async throws {
        let roles = [
            Statement("delete from user_roles where user_id = $1", [.int(id)]),
            Statement(
                "insert into user_roles (user_id, role_id) select $1, id from roles where name = $2",
                [.int(id), .text(account.role.rawValue)]),
        ]
        let clients = [
            Statement(
                "delete from user_clients where user_id = $1 and client_id <> all ($2)",
                [.int(id), .intArray(account.clientIDs)]),
            Statement(
                """
                insert into user_clients (user_id, client_id) select $1, c from unnest($2) c order by c
                on conflict do nothing
                """, [.int(id), .intArray(account.clientIDs)]),
        ]
        _ = try await tx.pipeline((replacesRoles ? roles : []) + clients)
    }
}
