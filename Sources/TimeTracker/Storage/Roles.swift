/// What users may do, as SQL conditions: the one place that knows how roles are kept.
enum Roles {
    /// True for administrators: by `users.role`, or by an assigned role (behaviour.md §2.5).
    ///
    /// - Parameter user: alias of `users`.
    static func isAdmin(_ user: String) -> String {
        """
        (\(user).role = 'admin' or exists (select 1 from user_roles ur join roles r on r.id = ur.role_id
                                           where ur.user_id = \(user).id and r.name in ('admin', 'super_admin')))
        """
    }

    /// True when one of a user's assigned roles has a permission.
    ///
    /// - Parameters:
    ///   - permission: its name.
    ///   - userID: an SQL expression.
    static func holds(_ permission: StaticString, userID: String) -> String {
        """
        exists (select 1 from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
                join permissions pm on pm.id = rp.permission_id
                where ur.user_id = \(userID) and pm.name = '\(permission)')
        """
    }
}
