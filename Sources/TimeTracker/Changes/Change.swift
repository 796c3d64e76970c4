/// One thing done to one object: the activity row that tells of it and, if webhooks know such an event, its payload.
struct Change: Sendable {
    let action: ChangeAction
    let entityType: String
    let entityID: Int64
    let entityName: String
    let description: String
    let audience: Audience
    /// Nil for what is no webhook event.
    let event: Event?

    struct Event: Sendable {
        let type: String
        /// One for all webhooks and all attempts.
        let id: String
        /// The body that receivers get (contract 04 §4).
        let payload: String
    }

    /// - Parameter data: writes further members of the payload's `data`.
    init<Subject: ChangeSubject>(
        _ action: ChangeAction, _ subject: Subject, by actor: Principal, data: ((inout JSONWriter) -> Void)? = nil
    ) {
        self.action = action
        entityType = Subject.entityType
        entityID = subject.id
        entityName = subject.entityName
        description = "\(action.phrase) \(Subject.entityType.replacing("_", with: " ")) \(subject.entityName)"
        audience = subject.audience
        let type = "\(Subject.entityType).\(action.rawValue)"
        event =
            EventType.isKnown(type)
            ? Self.event(type, action, description, subject, actor, data) : nil
    }

    private static func event<Subject: ChangeSubject>(
        _ type: String, _ action: ChangeAction, _ description: String, _ subject: Subject, _ actor: Principal,
        _ data: ((inout JSONWriter) -> Void)?
    ) -> Event {
        let id = RequestID.generate()
        var json = JSONWriter(capacity: 2048)
        json.beginObject()
        json.key("event_id")
        json.value(id)
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
        json.value(Subject.entityType)
        json.key("id")
        json.value(subject.id)
        json.key("name")
        json.value(subject.entityName)
        json.endObject()
        json.key("action")
        json.value(action.rawValue)
        json.key("description")
        json.value(description)
        json.key("data")
        json.beginObject()
        subject.writeEventData(to: &json)
        data?(&json)
        json.key(JSONKey(name: Subject.entityType))
        subject.write(to: &json)
        json.endObject()
        json.endObject()
        return Event(type: type, id: id, payload: json.text)
    }
}
