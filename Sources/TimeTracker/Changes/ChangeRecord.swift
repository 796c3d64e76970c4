import Postgres

/// Writes what changes leave behind, in the statement or transaction of the changes themselves: rows in `activities`
/// (behaviour.md §3.13), and a pending delivery for every webhook that wants to hear of it (behaviour.md §10.3, §10.5).
enum ChangeRecord {
    /// Common table expressions `activity` and `delivery` that record `changes`, in their order.
    ///
    /// The text doesn't depend on how many there are, so the statement stays prepared.
    ///
    /// - Parameter condition: SQL condition that tells whether they took place.
    static func expressions(
        _ changes: [Change], if condition: String = "true", origin: ChangeOrigin, in sql: inout SQL
    ) -> String {
        let actor = sql.bind(.int(origin.userID))
        let ip = sql.bind(.init(origin.address))
        let agent = sql.bind(.init(origin.userAgent))
        let actions = sql.bind(.textArray(changes.map(\.action.rawValue)))
        let types = sql.bind(.textArray(changes.map(\.entityType)))
        let ids = sql.bind(.intArray(changes.map(\.entityID)))
        let names = sql.bind(.textArray(changes.map(\.entityName)))
        let descriptions = sql.bind(.textArray(changes.map(\.description)))
        return """
            activity as (
                insert into activities
                    (user_id, action, entity_type, entity_id, entity_name, description, ip_address, user_agent)
                select \(actor), c.action, c.type, c.id, left(c.name, 500), c.description, \(ip)::text, \(agent)::text
                from unnest(\(actions), \(types), \(ids), \(names), \(descriptions))
                    with ordinality as c (action, type, id, name, description, n)
                where \(condition) order by c.n),
            \(deliveries(changes, if: condition, &sql))
            """
    }

    /// A webhook that is being removed meanwhile is waited for, and left out when it is gone: without its lock the delivery's
    /// foreign key would refuse the whole change.
    private static func deliveries(_ changes: [Change], if condition: String, _ sql: inout SQL) -> String {
        let told = changes.filter { $0.event != nil }
        let types = sql.bind(.textArray(told.compactMap(\.event?.type)))
        let ids = sql.bind(.textArray(told.compactMap(\.event?.id)))
        let payloads = sql.bind(.textArray(told.compactMap(\.event?.payload)))
        let owners = sql.bind(.intArray(told.map(\.audience.ownerID)))
        let clients = sql.bind(.intArray(told.map(\.audience.clientID)))
        return """
            delivery as (
                insert into webhook_deliveries (webhook_id, event_type, event_id, payload, payload_hash)
                select w.id, v.type, v.id, v.payload, encode(sha256(convert_to(v.payload, 'UTF8')), 'hex')
                from webhooks w
                join users o on o.id = w.user_id and o.is_active
                join unnest(\(types), \(ids), \(payloads), \(owners), \(clients))
                    with ordinality as v (type, id, payload, owner_id, client_id, n)
                    on jsonb_exists(w.events, v.type) or jsonb_exists(w.events, '*')
                where w.is_active and \(condition)
                  and (v.owner_id = o.id or \(Roles.isAdmin("o"))
                       or v.client_id > 0 and \(Visibility.condition(user: "o", clientID: "v.client_id")))
                order by v.n, w.id
                for key share of w)
            """
    }
}

extension Audience {
    /// 0 = nobody's.
    fileprivate var ownerID: Int64 { if case .owner(let id) = self { id } else { 0 } }
    fileprivate var clientID: Int64 { if case .client(let id) = self { id } else { 0 } }
}
