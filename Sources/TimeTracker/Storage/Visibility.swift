import Postgres

/// Which clients, and through them which projects and tasks, a user may see (behaviour.md §2.6). The one place that
/// knows.
enum Visibility {
    /// SQL condition that is true when the client whose id is `clientID` is visible to `principal`.
    static func condition(_ principal: Principal, clientID: String, in sql: inout SQL) -> String {
        guard principal.seesAssignedClientsOnly else { return "true" }
        let user = sql.bind(.int(principal.userID))
        return "exists (select 1 from user_clients uc where uc.user_id = \(user) and uc.client_id = \(clientID))"
    }

    /// The same for a user of the statement.
    ///
    /// - Parameters:
    ///   - user: alias of `users`.
    ///   - clientID: an SQL expression.
    static func condition(user: String, clientID: String) -> String {
        """
        (\(user).role <> 'subcontractor' or exists (
            select 1 from user_clients uc where uc.user_id = \(user).id and uc.client_id = \(clientID)))
        """
    }
}
