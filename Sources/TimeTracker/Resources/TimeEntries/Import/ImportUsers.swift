import Postgres

/// Whose time the rows of an import are (behaviour.md §6.4): the importer's, or, when an administrator imports, that of
/// the users who are named by email address or user name.
struct ImportUsers {
    struct User: RowProjection {
        var id: Int64 = 0
        var username = ""
        var rounding = RoundingPreference()

        static let table = "users"
        static let alias = "u"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ user: inout User) {
            row.column("id", &user.id)
            row.column("username", &user.username)
            row.model(&user.rounding)
        }
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
        let statement = Statement(
            """
            select n.name, \(User.selected) from unnest($1::text[]) as n (name)
            join users u on \(NameKey.sql("u.username")) = \(NameKey.sql("n.name"))
            union
            select n.name, \(User.selected) from unnest($1::text[]) as n (name)
            join users u on \(NameKey.sql("u.email")) = \(NameKey.sql("n.name"))
            """, [.textArray(names.map(\.unchecked))])
        for row in try await tx.query(statement) {
            let user = try User(row, from: 1)
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
