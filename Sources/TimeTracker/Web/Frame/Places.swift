import Postgres

/// The places that can be chosen.
enum Places {
    /// Most that a page carries; scripts search among all.
    private static let most: Int64 = 400

    /// Active projects and their open tasks that somebody sees, by client and name.
    ///
    /// - Parameter text: words that client, project or task must contain; empty = all.
    static func find(_ text: String, most: Int64 = most, _ call: Call) async throws -> [Place] {
        var sql = SQL()
        let visible = Visibility.condition(call.principal, clientID: "p.client_id", in: &sql)
        var conditions = [visible]
        for word in text.split(separator: " ").prefix(5) {
            let pattern = sql.bind(.text("%" + LikePattern.escape(String(word)) + "%"))
            conditions.append("concat_ws(' ', c.name, p.name, t.name) ilike \(pattern)")
        }
        sql.add(
            """
            select \(Place.Stored.selected) from projects p join clients c on c.id = p.client_id
            left join lateral (
                select null::bigint as id, null::varchar as name
                union all
                select k.id, k.name from tasks k where k.project_id = p.id and k.status not in ('done', 'cancelled')
            ) t on true
            where p.status = 'active' and \(conditions.joined(separator: " and "))
            order by c.name, c.id, p.name, p.id, t.name nulls first, t.id limit
            """)
        sql.add(" ", .int(most))
        return try Place.all(try await call.db.query(sql.statement))
    }

    /// Options of a select, grouped by client; `chosen` is among them even if it is active no more.
    static func options(_ places: [Place], recent: [Place], chosen: Place?) -> HTML {
        var groups: [(name: String, places: [Place])] = []
        if let chosen, !(places + recent).contains(where: { $0.text == chosen.text }) {
            groups.append(("Now", [chosen]))
        }
        if !recent.isEmpty { groups.append(("Recent", recent)) }
        for place in places where !recent.contains(where: { $0.text == place.text }) {
            if groups.last?.name == place.clientName {
                groups[groups.count - 1].places.append(place)
            } else {
                groups.append((place.clientName, [place]))
            }
        }
        var html = HTMLWriter(capacity: 16 * 1024)
        for group in groups {
            html.literal("<optgroup label=\"")
            html.text(group.name)
            html.literal("\">")
            for place in group.places {
                FormOptions.write(place.text, place.name, isChosen: place.text == chosen?.text, to: &html)
            }
            html.literal("</optgroup>")
        }
        return html.finish()
    }
}
