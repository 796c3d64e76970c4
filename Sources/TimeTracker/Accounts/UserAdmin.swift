import Postgres

/// `timetracker user …`: accounts from the command line.
public struct UserAdmin: Sendable {
    public struct Listed: Sendable {
        public internal(set) var id: Int64 = 0
        public internal(set) var username = ""
        public internal(set) var role = Role.user
        public internal(set) var isActive = false
        public internal(set) var lastLogin: Instant?

        /// Before it is read.
        init() {}
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
        try ModelRows(try await db.query(Statement("select \(Listed.selected) from users order by username"))).all()
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

extension UserAdmin.Listed: RowProjection {
    static let table = "users"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ user: inout UserAdmin.Listed) {
        row.column("id", &user.id)
        row.column("username", &user.username)
        row.column("role", &user.role)
        row.column("is_active", &user.isActive)
        row.column("last_login", &user.lastLogin)
    }
}
