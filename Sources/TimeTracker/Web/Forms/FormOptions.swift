import Postgres

/// What the lists of forms offer. An empty value stands for nothing.
enum FormOptions {
    private static let most = 500

    static func clients(_ call: Call) async throws -> [FormField.Option] {
        var sql = SQL("select c.id, c.name from clients c where c.status = 'active' and ")
        sql.add(Visibility.condition(call.principal, clientID: "c.id", in: &sql))
        sql.add(" order by c.name, c.id limit \(most)")
        return try await options(sql, call)
    }

    static func projects(_ call: Call) async throws -> [FormField.Option] {
        var sql = SQL("select p.id, p.name from projects p where p.status <> 'archived' and ")
        sql.add(Visibility.condition(call.principal, clientID: "p.client_id", in: &sql))
        sql.add(" order by p.name, p.id limit \(most)")
        return try await options(sql, call)
    }

    /// Who sees assigned clients only has no business with anybody else.
    static func users(_ call: Call) async throws -> [FormField.Option] {
        var sql = SQL("select u.id, coalesce(nullif(u.full_name, ''), u.username) from users u where u.is_active")
        if call.principal.seesAssignedClientsOnly { sql.add(" and u.id = ", .int(call.principal.userID)) }
        sql.add(" order by 2, 1 limit \(most)")
        return try await options(sql, call)
    }

    private static func options(_ sql: SQL, _ call: Call) async throws -> [FormField.Option] {
        try await call.db.query(sql.statement).map { FormField.Option(value: "\($0.int(0))", name: $0.string(1)) }
    }

    /// With a first one that stands for nothing, and the chosen one even if it isn't offered any more.
    static func choice(_ options: [FormField.Option], none: String, chosen: FormField.Option? = nil)
        -> [FormField.Option]
    {
        let isOffered = chosen.map { chosen in options.contains { $0.value == chosen.value } } ?? true
        return [FormField.Option(value: "", name: none)] + (isOffered ? [] : [chosen].compactMap(\.self)) + options
    }

    /// The options of a list, as markup.
    static func html(_ options: [FormField.Option], chosen: String?) -> HTML {
        var html = HTMLWriter()
        for option in options { write(option.value, option.name, isChosen: option.value == chosen, to: &html) }
        return html.finish()
    }

    static func write(_ value: String, _ name: String, isChosen: Bool, to html: inout HTMLWriter) {
        html.literal("<option value=\"")
        html.text(value)
        html.literal(isChosen ? "\" selected>" : "\">")
        html.text(name)
        html.literal("</option>")
    }

    /// The options of a list in a filter, for a template that writes them itself.
    static func values(_ options: [FormField.Option], chosen: String) -> [[String: Any]] {
        options.map { ["value": $0.value, "name": $0.name, "is_selected": $0.value == chosen] }
    }
}
