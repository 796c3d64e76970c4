import Postgres

/// `timetracker user …`: accounts from the command line.
public struct UserAdmin: Sendable {
    public struct Listed: Sendable {
        public let id: Int64
        public let username: String
        public let role: String
        public let isActive: Bool
        /// Microseconds since 2000-01-01 UTC.
        public let lastLogin: Int64?
    }

    let db: PostgresClient

    public init(db: PostgresClient) {
        self.db = db
    }

    /// - Throws: ``AdminError`` for a bad or taken name, a weak password, an unknown role.
    @discardableResult
    public func create(_ name: String, password: String, role: String, fullName: String? = nil) async throws -> Int64 {
        let username = try Self.validName(name)
        try Self.checkPassword(password)
        guard let role = Role(rawValue: role) else {
            throw AdminError("unknown role '\(role)'; one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let statement = Statement(
            """
            insert into users (username, full_name, password_hash, role) values ($1, $2::text, $3, $4)
            on conflict do nothing returning id
            """,
            [.text(username), .init(fullName), .text(try PasswordHash.make(password)), .text(role.rawValue)])
        guard let id = try await db.execute(statement).first?.int(0) else {
            throw AdminError("a user named '\(username)' exists already")
        }
        return id
    }

    public func list() async throws -> [Listed] {
        try await db.query(Statement("select id, username, role, is_active, last_login from users order by username"))
            .map {
                Listed(
                    id: $0.int(0), username: $0.string(1), role: $0.string(2), isActive: $0.bool(3),
                    lastLogin: $0.timestampOrNull(4))
            }
    }

    /// Ends the user's sessions: whoever knew the old password is out, at the latest when Redis forgets them, a minute later.
    public func setPassword(_ name: String, password: String) async throws {
        try Self.checkPassword(password)
        try await update(
            name, "password_hash = $2, password_change_required = false", .text(try PasswordHash.make(password)))
    }

    /// Tokens of a deactivated user stop working within a second, and sessions; these don't come back with the user.
    public func deactivate(_ name: String) async throws {
        try await update(name, "is_active = $2", .bool(false))
    }

    private func update(_ name: String, _ assignment: String, _ value: PostgresValue) async throws {
        let username = Username.normalise(name)
        let statement = Statement(
            """
            with changed as (
                update users set \(assignment)
                where \(NameKey.sql("username")) = \(NameKey.sql("$1")) returning id),
            ended as (delete from sessions where user_id in (select id from changed))
            select id from changed
            """, [.text(username), value])
        if try await db.execute(statement).isEmpty { throw AdminError("there is no user named '\(username)'") }
    }

    static func validName(_ name: String) throws -> String {
        let username = Username.normalise(name)
        let isValid =
            (1...80).contains(username.utf8.count)
            && username.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
            }
        guard isValid else {
            throw AdminError("user names are 1 to 80 of a-z, 0-9, dot, underscore and hyphen; '\(name)' is not")
        }
        return username
    }

    static func checkPassword(_ password: String) throws {
        guard password.unicodeScalars.count >= PasswordHash.minLength, password.utf8.count <= PasswordHash.maxLength
        else {
            throw AdminError("passwords have \(PasswordHash.minLength) to \(PasswordHash.maxLength) characters")
        }
    }
}
