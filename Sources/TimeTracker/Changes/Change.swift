/// One thing done to one object: the activity row that tells of it and, if webhooks know such an event, its payload.
struct Change: Sendable {
    let action: ChangeAction
    let entityType: String
    let entityID: Int64
    let entityName: String
    let description: String
    let audience: Audience
    let figures: ChangedFigures
    /// Nil for what is no webhook event.
    let event: Event?

    struct Event: Sendable {
        let type: String
        /// One for all webhooks and all attempts.
        let id: String
        /// The body that receivers get (behaviour.md §10.4).
        let payload: String
    }

    /// - Parameter data: writes further members of the payload's `data`.
    init<Subject: ChangeSubject>(
        _ action: ChangeAction, _ subject: Subject, by actor: Principal, data: ((inout JSONWriter) -> Void)? = nil
    ) {
        self.init(action, subject, by: ChangeActor(actor), data: data)
    }

    /// - Parameters:
    ///   - reason: why, if that needs saying; ends the description.
    ///   - data: writes further members of the payload's `data`.
    init<Subject: ChangeSubject>(
        _ action: ChangeAction, _ subject: Subject, by actor: ChangeActor, reason: String? = nil,
        data: ((inout JSONWriter) -> Void)? = nil
    ) {
        self.action = action
        entityType = Subject.entityType.rawValue
        entityID = subject.id.number
        entityName = subject.entityName
        let sentence = Self.sentence(action, subject)
        description = reason.map { "\(sentence): \($0)" } ?? sentence
        audience = subject.audience
        figures = subject.changedFigures
        let type = "\(Subject.entityType.rawValue).\(action.rawValue)"
        event =
            EventType.isKnown(type)
            ? Self.event(type, action, description, subject, actor, data) : nil
    }

    /// What an activity row says of it: `Created time entry Website - Design`.
    static func sentence<Subject: ChangeSubject>(_ action: ChangeAction, _ subject: Subject) -> String {
        "\(action.phrase) \(Subject.entityType.words) \(subject.entityName)"
    }

    private static func event<Subject: ChangeSubject>(
        _ type: String, _ action: ChangeAction, _ description: String, _ subject: Subject, _ actor: ChangeActor,
        _ data: ((inout JSONWriter) -> Void)?
    ) -> Event {
        let id = UUIDText.random()
        let entity = EventPayload.Entity(
            type: Subject.entityType.rawValue, id: subject.id.number, name: subject.entityName)
        let payload = EventPayload(
            eventID: id, type: type, actor: actor, entity: entity, action: action.rawValue, description: description
        ).text { json in
            subject.writeEventData(to: &json)
            data?(&json)
            json.key(JSONKey(name: Subject.entityType.rawValue))
            subject.write(to: &json)
        }
        return Event(type: type, id: id, payload: payload)
    }
}
