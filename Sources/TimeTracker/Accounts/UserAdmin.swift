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
        var changes = UserChanges()
        changes.username = .value(username)
        changes.fullName = fullName.map { .value($0) } ?? .absent
        changes.role = .value(role)
        changes.passwordHash = try PasswordHash.make(password)
        return try await carryOut { tx in try await UserWriter.create(changes, in: tx) }
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
        var changes = UserChanges()
        changes.mustChangePassword = .value(false)
        changes.passwordHash = try PasswordHash.make(password)
        try await update(name, changes)
    }

    /// Tokens of a deactivated user stop working within a second, and sessions; these don't come back with the user.
    ///
    /// - Throws: ``AdminError`` also for the last active administrator.
    public func deactivate(_ name: String) async throws {
        var changes = UserChanges()
        changes.isActive = .value(false)
        try await update(name, changes)
    }

    private func update(_ name: String, _ changes: UserChanges) async throws {
        try await carryOut { tx in
            guard let id = try await UserWriter.id(named: name, in: tx) else {
                throw AdminError("there is no user named '\(Username.normalise(name))'")
            }
            _ = try await UserWriter.update(id, changes, in: tx)
        }
    }

    /// What is refused is said in one line.
    private func carryOut<Value: Sendable>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
        do {
            return try await db.transaction(body)
        } catch let error as ValidationError {
            throw AdminError(error.errors.first?.message ?? "refused")
        }
    }

    static func validName(_ name: String) throws -> String {
        let username = Username.normalise(name)
        guard Username.isValid(username) else {
            throw AdminError(
                "user names are 1 to \(Username.maxLength) of a-z, 0-9, dot, underscore and hyphen; '\(name)' is not")
        }
        return username
    }

    static func checkPassword(_ password: String) throws {
        guard PasswordHash.accepts(password) else {
            throw AdminError("passwords have \(PasswordHash.minLength) to \(PasswordHash.maxLength) characters")
        }
    }
}
