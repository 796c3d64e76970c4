import NIOHTTP1
import Postgres

/// The row that every change leaves in `activities`, written in the statement or transaction of the change itself
/// (contract 00 §11). Webhook deliveries hang on these rows.
struct Activity {
    var action: String
    var entityType: String
    var description: String

    /// A common table expression that records activities, in their order, for every row of `source`.
    ///
    /// - Parameters:
    ///   - source: name of the CTE that made the change; has a column `id`.
    ///   - name: SQL expression over `source` for `entity_name`.
    static func cte(_ activities: [Activity], from source: String, name: String, call: Call, in sql: inout SQL)
        -> String
    {
        let actor = sql.bind(.int(call.principal.userID))
        let ip = sql.bind(.text(call.exchange.clientAddress))
        let agent = sql.bind(call.userAgent.map { .text($0) } ?? .null)
        let rows = activities.enumerated().map { index, activity in
            "(\(index), '\(activity.action)', '\(activity.entityType)', \(sql.bind(.text(activity.description))))"
        }
        return """
            activity as (
                insert into activities
                    (user_id, action, entity_type, entity_id, entity_name, description, ip_address, user_agent)
                select \(actor), a.action, a.entity_type, \(source).id, \(name), a.description || \(name), \(ip), \(agent)::text
                from \(source), (values \(rows.joined(separator: ", "))) as a (n, action, entity_type, description)
                order by a.n)
            """
    }
}

extension Call {
    /// The client's `User-Agent`, cut to a size worth keeping.
    var userAgent: String? {
        exchange.headers.first(name: "user-agent").map { String($0.prefix(500)) }
    }
}
