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

    static func select(hash: String) -> Statement {
        Statement(
            """
            select t.id, t.user_id, t.scopes, t.is_active, t.expires_at, t.ip_whitelist,
                   u.username, u.full_name, u.role, u.is_active,
                   u.time_rounding_enabled, u.time_rounding_minutes, u.time_rounding_method,
                   \(Roles.isAdmin("u")),
                   \(hiddenModules)
            from api_tokens t join users u on u.id = t.user_id
            where t.token_hash = $1
            """, [.text(hash)])
    }

    init(_ row: Row) {
        let role = Role(rawValue: row.string(8)) ?? .user
        principal = Principal(
            tokenID: row.int(0), userID: row.int(1), username: row.string(6), fullName: row.stringOrNull(7), role: role,
            isAdmin: row.bool(13), scopes: Scopes(row.string(2)),
            rounding: RoundingPreference(
                isEnabled: row.bool(10), minutes: Int(row.int(11)),
                method: RoundingMethod(rawValue: row.string(12)) ?? .nearest),
            hiddenModules: Set(row.textArray(14)))
        isActive = row.bool(3)
        expiresAt = row.timestampOrNull(4)
        allowList = row.stringOrNull(5).flatMap { $0.allSatisfy(\.isWhitespace) ? nil : IPAllowList($0) }
        ownerIsActive = row.bool(9)
    }

    /// Why the token may not be used now, in the order of behaviour.md §2.1; nil when it may.
    func refusal(now: Int64, address: String) -> String? {
        if !isActive { return "revoked token" }
        if let expiresAt, expiresAt < now { return "expired token" }
        if let allowList, !allowList.contains(address) { return "address not allowed" }
        return ownerIsActive ? nil : "inactive account"
    }
}
