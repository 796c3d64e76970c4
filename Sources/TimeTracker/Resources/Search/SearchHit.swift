import Postgres

/// One result of a search (contract 03 §1).
struct SearchHit: Sendable {
    let domain: SearchDomain
    let id: Int64
    let title: String
    let description: String
    let badge: String
}

extension SearchHit: JSONModel {
    static let schemaName = "SearchResult"

    static func describe(_ object: inout some MemberVisitor<SearchHit>) {
        object.string("type", values: SearchDomain.allCases.map(\.rawValue)) { $0.domain.rawValue }
        object.string("category", "Same as type") { $0.domain.rawValue }
        object.integer("id") { $0.id }
        object.string("title") { $0.title }
        object.string("description") { $0.description }
        object.string("url", "Path of the object's page") { "\($0.domain.page)/\($0.id)" }
        object.string("badge") { $0.badge }
    }
}

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

    fileprivate var page: String {
        self == .entry ? "/timer/edit" : "/\(rawValue)s"
    }

    /// A statement that returns id, title, description and badge.
    ///
    /// - Parameter pattern: the text to find, escaped for `like`.
    func statement(_ pattern: String, limit: Int64, for principal: Principal) -> Statement {
        var sql = SQL()
        let like = sql.bind(.text("%\(pattern)%"))
        switch self {
        case .project: Self.projects(like, principal, &sql)
        case .task: Self.tasks(like, principal, &sql)
        case .client: Self.clients(like, principal, &sql)
        case .entry: Self.entries(like, principal, &sql)
        }
        sql.add(" limit ", .int(limit))
        return sql.statement
    }

    private static func projects(_ like: String, _ principal: Principal, _ sql: inout SQL) {
        let visible = Visibility.condition(principal, clientID: "p.client_id", in: &sql)
        sql.add(
            """
            select p.id, p.name, coalesce(p.description, ''), 'Project' from projects p
            where p.status = 'active' and (p.name ilike \(like) or p.description ilike \(like)) and \(visible)
            order by p.name, p.id
            """)
    }

    private static func tasks(_ like: String, _ principal: Principal, _ sql: inout SQL) {
        let visible = Visibility.condition(principal, clientID: "p.client_id", in: &sql)
        sql.add(
            """
            select t.id, t.name, p.name, initcap(replace(t.status, '_', ' '))
            from tasks t join projects p on p.id = t.project_id
            where p.status = 'active' and (t.name ilike \(like) or t.description ilike \(like)) and \(visible)
            order by t.name, t.id
            """)
    }

    private static func clients(_ like: String, _ principal: Principal, _ sql: inout SQL) {
        let columns = ["name", "email", "company", "description", "contact_person"]
        let match = columns.map { "c.\($0) ilike \(like)" }.joined(separator: " or ")
        let visible = Visibility.condition(principal, clientID: "c.id", in: &sql)
        sql.add(
            """
            select c.id, c.name,
                   coalesce(nullif(c.description, ''), nullif(c.contact_person, ''), nullif(c.email, ''), ''), 'Client'
            from clients c where (\(match)) and \(visible) order by c.name, c.id
            """)
    }

    private static func entries(_ like: String, _ principal: Principal, _ sql: inout SQL) {
        let own = principal.isAdmin ? "" : " and e.user_id = \(sql.bind(.int(principal.userID)))"
        sql.add(
            """
            select e.id, coalesce(nullif(concat_ws(' • ', coalesce(p.name, c.name), t.name), ''), 'Time Entry'),
                   left(coalesce(e.notes, ''), 100) || coalesce(' [' || nullif(e.tags, '') || ']', ''),
                   lpad((e.duration_seconds / 3600)::text, greatest(2, length((e.duration_seconds / 3600)::text)), '0')
                       || to_char(make_interval(secs => e.duration_seconds % 3600), ':MI:SS')
            from time_entries e left join projects p on p.id = e.project_id left join clients c on c.id = e.client_id
                 left join tasks t on t.id = e.task_id
            where e.end_time is not null and (e.notes ilike \(like) or e.tags ilike \(like))\(own)
            order by e.start_time desc, e.id desc
            """)
    }
}
