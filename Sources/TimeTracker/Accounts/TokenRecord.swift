import Postgres

/// A stored token with its owner, and whether it may be used.
struct TokenRecord: Sendable {
    let principal: Principal
    let isActive: Bool
    let ownerIsActive: Bool
    /// Microseconds since 2000-01-01 UTC; nil = never.
    let expiresAt: Int64?
    let allowList: IPAllowList?

    /// What every role of user `u` hides; nothing is hidden from super administrators.
    static let hiddenModules = """
        array(select hidden.module
              from (select ur.role_id, jsonb_array_elements_text(r.hidden_module_ids) as module
                    from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id) hidden
              where not exists (select 1 from user_roles ur join roles r on r.id = ur.role_id
                                where ur.user_id = u.id and r.name = 'super_admin')
              group by hidden.module
              having count(distinct hidden.role_id) = (select count(*) from user_roles ur where ur.user_id = u.id))
        """

    private static let select = "select \(Stored.selected) from \(Stored.tables) where t.token_hash = $1"

    static func select(hash: String) -> Statement { Statement(select, [.text(hash)]) }

    /// - Throws: ``RowDecodingError``.
    init(_ row: Row) throws(RowDecodingError) {
        let stored = try Stored(row)
        principal = stored.owner.principal(
            tokenID: stored.id, scopes: Scopes(stored.scopes), hiddenModules: stored.hiddenModules)
        isActive = stored.isActive
        expiresAt = stored.expiresAt?.microseconds
        allowList = stored.allowedIPs.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : IPAllowList($0) }
        ownerIsActive = stored.owner.isActive
    }

    struct Stored: RowProjection {
        var id: Int64 = 0
        var scopes = ""
        var isActive = false
        var expiresAt: Instant?
        var allowedIPs: String?
        var owner = ActingUser()
        var hiddenModules: Set<String> = []

        static let table = "api_tokens"
        static let alias = "t"
        static let tables = "api_tokens t join users u on u.id = t.user_id"
        static let selected = selectList()

        static func map(_ row: inout some ColumnVisitor, _ token: inout Stored) {
            row.column("id", &token.id)
            row.column("scopes", &token.scopes)
            row.column("is_active", &token.isActive)
            row.column("expires_at", &token.expiresAt)
            row.column("ip_whitelist", &token.allowedIPs)
            row.model(&token.owner)
            row.computed(TokenRecord.hiddenModules, &token.hiddenModules)
        }
    }

    /// Why the token may not be used now, in the order of behaviour.md §2.1; nil when it may.
    func refusal(now: Int64, address: String) -> String? {
        if !isActive { return "revoked token" }
        if let expiresAt, expiresAt < now { return "expired token" }
        if let allowList, !allowList.contains(address) { return "address not allowed" }
        return ownerIsActive ? nil : "inactive account"
    }
}
