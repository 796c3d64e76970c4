/// What somebody wants to set on a user.
struct UserChanges: Sendable {
    var username: Presence<String> = .absent
    var email: Presence<String> = .absent
    var fullName: Presence<String> = .absent
    var role: Presence<Role> = .absent
    var isActive: Presence<Bool> = .absent
    var mustChangePassword: Presence<Bool> = .absent
    /// Clients that a subcontractor sees; whoever has another role has none.
    var clientIDs: Presence<[Int64]> = .absent
    /// Hash of a new password; nil leaves the old one.
    var passwordHash: String?

    func apply(to account: inout UserAccount) {
        account.username = username.value ?? account.username
        account.email = email.orKeep(account.email)
        account.fullName = fullName.orKeep(account.fullName)
        account.role = role.value ?? account.role
        account.isActive = isActive.value ?? account.isActive
        account.mustChangePassword = mustChangePassword.value ?? account.mustChangePassword
        account.clientIDs = account.role == .subcontractor ? clientIDs.value ?? account.clientIDs : []
    }
}

/// What of a user administrators change.
struct UserAccount: Sendable, Equatable {
    var username = ""
    var email: String?
    var fullName: String?
    /// `admin` also for those whom an assigned role makes administrators.
    var role = Role.user
    var isActive = true
    var mustChangePassword = false
    /// In ascending order, each once.
    var clientIDs: [Int64] = []

    var isActiveAdmin: Bool { isActive && role == .admin }
}

extension UserAccount: RowProjection {
    static let table = "users"
    static let alias = "u"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ account: inout UserAccount) {
        row.column("username", &account.username)
        row.column("email", &account.email)
        row.column("full_name", &account.fullName)
        row.column("role", &account.role, read: "case when \(Roles.isAdmin("u")) then 'admin' else u.role end")
        row.column("is_active", &account.isActive)
        row.column("password_change_required", &account.mustChangePassword)
        row.computed(
            "array(select c.client_id from user_clients c where c.user_id = u.id order by 1)", &account.clientIDs)
    }
}

/// A user before and after a change.
struct UserUpdate: Sendable {
    let before: UserAccount
    let after: UserAccount
    let setsPassword: Bool
    /// Hashes of the ids of sessions that it has ended.
    var endedSessions: [String] = []

    var changesNothing: Bool { before == after && !setsPassword }

    /// Whether browsers that are signed in have to sign in again.
    var endsSessions: Bool { setsPassword || before.role != after.role || before.isActive && !after.isActive }

    /// What is different, as an activity tells it.
    var summary: String {
        var parts: [String] = []
        if before.username != after.username { parts.append("was \(before.username)") }
        if before.email != after.email { parts.append("email") }
        if before.fullName != after.fullName { parts.append("full name") }
        if before.role != after.role { parts.append("role \(after.role.rawValue), was \(before.role.rawValue)") }
        if before.isActive != after.isActive { parts.append(after.isActive ? "activated" : "deactivated") }
        if before.clientIDs != after.clientIDs { parts.append("assigned clients") }
        if setsPassword { parts.append("new password") }
        if before.mustChangePassword != after.mustChangePassword {
            parts.append(after.mustChangePassword ? "has to change the password" : "need not change the password")
        }
        return parts.joined(separator: "; ")
    }
}
