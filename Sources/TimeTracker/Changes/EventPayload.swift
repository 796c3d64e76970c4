/// The body that receivers of an event get (behaviour.md §10.4).
struct EventPayload {
    struct Entity {
        let type: String
        let id: Int64
        let name: String
    }

    let eventID: String
    let type: String
    let actor: ChangeActor
    let entity: Entity
    let action: String
    let description: String

    /// - Parameter data: writes the members of `data`; nil leaves it out.
    func text(data: ((inout JSONWriter) -> Void)? = nil) -> String {
        var json = JSONWriter(capacity: 2048)
        json.beginObject()
        json.key("event_id")
        json.value(eventID)
        json.key("event_type")
        json.value(type)
        json.key("timestamp")
        json.instant(WallClock.now())
        json.key("user")
        json.beginObject()
        json.key("id")
        json.value(actor.userID)
        json.key("username")
        json.value(actor.username)
        json.key("display_name")
        json.value(actor.displayName)
        json.endObject()
        json.key("entity")
        json.beginObject()
        json.key("type")
        json.value(entity.type)
        json.key("id")
        json.value(entity.id)
        json.key("name")
        json.value(entity.name)
        json.endObject()
        json.key("action")
        json.value(action)
        json.key("description")
        json.value(description)
        if let data {
            json.key("data")
            json.beginObject()
            data(&json)
            json.endObject()
        }
        json.endObject()
        return json.text
    }
}
