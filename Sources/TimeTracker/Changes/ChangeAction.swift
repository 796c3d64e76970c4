/// What can be done to an object; the `action` of an activity row and the second half of an event's name.
enum ChangeAction: String, CaseIterable, Sendable {
    case created, updated, deleted
    case archived, unarchived
    case statusChanged = "status_changed"
    case completed, assigned
    case started, stopped, paused, resumed, idle

    /// How a sentence about it begins: `Completed task …`.
    var phrase: String {
        switch self {
        case .statusChanged: "Changed status of"
        case .assigned: "Assigned"
        case .idle: "Noticed that nobody works on"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }
}

/// Names of webhook events (behaviour.md §10.2).
enum EventType {
    /// All that can be subscribed to, in the order in which clients have always got them.
    static let all: [String] = {
        let fired = EntityType.allCases.flatMap { type in type.events.map { "\(type.rawValue).\($0.rawValue)" } }
        let known = fired + neverFired
        let first = ["project", "task", "time_entry", "invoice", "client", "user", "comment", "quote"].flatMap { type in
            known.filter { $0.hasPrefix("\(type).") }
        }
        return first + known.filter { !first.contains($0) }
    }()

    /// Of what the product doesn't have, for compatibility.
    private static let neverFired = [
        "invoice.created", "invoice.updated", "invoice.deleted", "invoice.sent", "invoice.paid", "invoice.overdue",
        "comment.created", "comment.updated", "comment.deleted",
    ]

    /// One that nobody can subscribe to.
    static let test = "webhook.test"

    private static let known = Set(all)

    static func isKnown(_ name: String) -> Bool { known.contains(name) }
}
