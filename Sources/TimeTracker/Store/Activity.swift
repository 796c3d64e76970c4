import NIOHTTP1
import Postgres

/// The row that every change leaves in `activities`, written in the statement or transaction of the change itself
/// (contract 00 §11). Webhook deliveries hang on these rows.
struct Activity {
    var action: String
    var entityType: String
    var description: String

    /// A common table expression that records this activity for every row of `source`, which must have columns
    /// `id` and the expression `name`.
    ///
    /// - Parameters:
    ///   - source: name of the CTE that made the change.
    ///   - name: SQL expression over `source` for `entity_name`.
    ///   - extra: SQL expression over `source` for `extra_data` (jsonb).
    func cte(_ alias: String, from source: String, name: String, extra: String = "null::jsonb", call: Call, in sql: inout SQL)
        -> String
    {
        let actor = sql.bind(.int(call.principal.userID))
        let ip = sql.bind(.text(call.exchange.clientAddress))
        let agent = sql.bind(call.userAgent.map { .text($0) } ?? .null)
        let text = sql.bind(.text(description))
        return """
            \(alias) as (
                insert into activities
                    (user_id, action, entity_type, entity_id, entity_name, description, extra_data, ip_address, user_agent)
                select \(actor), '\(action)', '\(entityType)', \(source).id, \(name), \(text)::text || \(name), \(extra),
                       \(ip), \(agent)::text
                from \(source))
            """
    }
}

extension Call {
    /// The client's `User-Agent`, cut to a size worth keeping.
    var userAgent: String? {
        exchange.headers.first(name: "user-agent").map { String($0.prefix(500)) }
    }
}
