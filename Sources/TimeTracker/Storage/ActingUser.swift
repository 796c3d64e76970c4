/// A user as a ``Principal`` is made of him.
struct ActingUser: RowProjection {
    var id: Int64 = 0
    var username = ""
    var fullName: String?
    var role = Role.user
    var isAdmin = false
    var isActive = false
    var rounding = RoundingPreference()

    static let table = "users"
    static let alias = "u"
    static let selected = selectList()

    @inline(__always)
    static func map(_ row: inout some ColumnVisitor, _ user: inout ActingUser) {
        row.column("id", &user.id)
        row.column("username", &user.username)
        row.column("full_name", &user.fullName)
        row.column("role", &user.role)
        row.computed(Roles.isAdmin("u"), &user.isAdmin)
        row.column("is_active", &user.isActive)
        row.model(&user.rounding)
    }

    func principal(tokenID: Int64, scopes: Scopes, hiddenModules: Set<String> = []) -> Principal {
        Principal(
            tokenID: tokenID, userID: id, username: username, fullName: fullName, role: role, isAdmin: isAdmin,
            scopes: scopes, rounding: rounding, hiddenModules: hiddenModules)
    }
}
