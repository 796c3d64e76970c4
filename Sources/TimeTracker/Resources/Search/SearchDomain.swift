import Postgres

/// What is searched, in the order of the results.
enum SearchDomain: String, CaseIterable, Sendable {
    case project, task, client, entry

    /// Key under `errors` when the domain could not be searched.
    var plural: JSONKey {
        switch self {
        case .project: "projects"
        case .task: "tasks"
        case .client: "clients"
        case .entry: "entries"
        }
    }

    /// To be run before the statement, in its transaction: it may take two seconds, and is planned for the text at hand,
    /// since no plan suits all texts. Entries must not be read from end to end, whatever the planner expects.
    var terms: Statement { self == .entry ? Self.entryTerms : Self.terms }

    private static let terms = Statement(
        "select set_config('statement_timeout', '2s', true), set_config('plan_cache_mode', 'force_custom_plan', true)")
    private static let entryTerms = Statement(
        """
        select set_config('statement_timeout', '2s', true), set_config('plan_cache_mode', 'force_custom_plan', true),
               set_config('enable_seqscan', 'off', true)
        """)

    var page: String {
        self == .entry ? "/timer/edit" : "/\(rawValue)s"
    }

    /// A statement that returns id, title, description and badge.
    func statement(_ text: String, limit: Int64, for principal: Principal) -> Statement {
        var sql = SQL()
        let condition = TextCondition(text: text)
        switch self {
        case .project: Self.projects(condition, principal, &sql)
        case .task: Self.tasks(condition, principal, &sql)
        case .client: Self.clients(condition, principal, &sql)
        case .entry: return EntrySearch(text: text, limit: limit, principal: principal).statement
        }
        sql.add(" limit ", .int(limit))
        return sql.statement
    }

    private static func projects(_ text: TextCondition, _ principal: Principal, _ sql: inout SQL) {
        let visible = Visibility.condition(principal, clientID: "p.client_id", in: &sql)
        let match = text.expression(.project, ["name", "description"], in: &sql)
        sql.add(
            """
            select p.id, p.name, coalesce(p.description, ''), 'Project' from projects p
            where p.status = 'active' and \(match) and \(visible)
            order by p.name, p.id
            """)
    }

    private static func tasks(_ text: TextCondition, _ principal: Principal, _ sql: inout SQL) {
        let visible = Visibility.condition(principal, clientID: "p.client_id", in: &sql)
        let match = text.expression(.task, ["name", "description"], in: &sql)
        sql.add(
            """
            select t.id, t.name, p.name, initcap(replace(t.status, '_', ' '))
            from tasks t join projects p on p.id = t.project_id
            where p.status = 'active' and \(match) and \(visible)
            order by t.name, t.id
            """)
    }

    private static func clients(_ text: TextCondition, _ principal: Principal, _ sql: inout SQL) {
        let columns = ["name", "email", "company", "description", "contact_person"]
        let match = text.expression(.client, columns, in: &sql)
        let visible = Visibility.condition(principal, clientID: "c.id", in: &sql)
        sql.add(
            """
            select c.id, c.name,
                   coalesce(nullif(c.description, ''), nullif(c.contact_person, ''), nullif(c.email, ''), ''), 'Client'
            from clients c where \(match) and \(visible) order by c.name, c.id
            """)
    }
}
