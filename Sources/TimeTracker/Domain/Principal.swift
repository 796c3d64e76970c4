/// Who acts: an authenticated API token and its owner, as of at most a second ago. A class, since it is passed on with
/// every step of a request.
public final class Principal: Sendable {
    public let tokenID: Int64
    public let userID: Int64
    public let username: String
    public let fullName: String?
    public let role: Role
    /// `users.role` is `admin`, or an assigned role is named `admin` or `super_admin` (behaviour.md §2.5).
    public let isAdmin: Bool
    public let scopes: Scopes
    public let rounding: RoundingPreference
    /// Modules that all of the user's roles hide (behaviour.md §2.7).
    public let hiddenModules: Set<String>

    init(
        tokenID: Int64, userID: Int64, username: String, fullName: String?, role: Role, isAdmin: Bool, scopes: Scopes,
        rounding: RoundingPreference, hiddenModules: Set<String> = []
    ) {
        self.tokenID = tokenID
        self.userID = userID
        self.username = username
        self.fullName = fullName
        self.role = role
        self.isAdmin = isAdmin
        self.scopes = scopes
        self.rounding = rounding
        self.hiddenModules = hiddenModules
    }

    public var displayName: String { fullName.flatMap { $0.isEmpty ? nil : $0 } ?? username }

    /// Viewers may read only (behaviour.md §2.5).
    var isWriter: Bool { role != .viewer || isAdmin }

    /// Subcontractors see only the clients assigned to them, and those clients' projects; everybody else sees all.
    var seesAssignedClientsOnly: Bool { role == .subcontractor && !isAdmin }
}

/// Built-in roles (behaviour.md §2.5).
public enum Role: String, Sendable, CaseIterable {
    case admin, manager, user, viewer, subcontractor
}
