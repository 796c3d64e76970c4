import Postgres

/// Whose time the rows of an import are (behaviour.md §6.4): the importer's, or, when an administrator imports, that of
/// the users who are named by email address or user name.
struct ImportUsers {
    struct User {
        let id: Int64
        let username: String
        let rounding: RoundingPreference
    }

    private let importer: User
    private let isAdmin: Bool
    /// Users by what rows say. Nil for an email address that several have.
    private var named: [RawText: User?] = [:]

    init(_ rows: [ImportRow], _ context: Context, in tx: PostgresTransaction) async throws {
        let principal = context.principal
        importer = User(id: principal.userID, username: principal.username, rounding: principal.rounding)
        isAdmin = principal.isAdmin
        var names: Set<RawText> = []
        for row in rows {
            if let email = row.email { names.insert(RawText(email)) }
            if let username = row.username { names.insert(RawText(username)) }
        }
        guard !names.isEmpty else { return }
        let columns = "u.id, u.username, u.time_rounding_enabled, u.time_rounding_minutes, u.time_rounding_method"
        let statement = Statement(
            """
            select n.name, \(columns) from unnest($1::text[]) as n (name)
            join users u on \(NameKey.sql("u.username")) = \(NameKey.sql("n.name"))
            union
            select n.name, \(columns) from unnest($1::text[]) as n (name)
            join users u on \(NameKey.sql("u.email")) = \(NameKey.sql("n.name"))
            """, [.textArray(names.map(\.unchecked))])
        for row in try await tx.query(statement) {
            let user = User(
                id: row.int(1), username: row.string(2),
                rounding: RoundingPreference(
                    isEnabled: row.bool(3), minutes: Int(row.int(4)),
                    method: RoundingMethod(rawValue: row.string(5)) ?? .nearest))
            let name = RawText(row.string(0))
            named[name] = .some(named[name] == nil ? user : nil)
        }
    }

    func user(of row: ImportRow) throws(ImportRow.Problem) -> User {
        let names = [row.email, row.username].compactMap(\.self)
        guard let name = names.first else { return importer }
        let user = names.lazy.compactMap { named[RawText($0)] ?? nil }.first
        if let user, isAdmin || user.id == importer.id { return user }
        guard isAdmin else { throw "the row belongs to another user" }
        throw "user '\(name)' does not exist"
    }
}
