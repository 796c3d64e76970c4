/// What a change can be made to. Its raw value is the `entity_type` of activities, the first half of the names of events,
/// and what an object is called under `data` in their payloads.
public enum EntityType: String, CaseIterable, Sendable {
    case project, task
    case timeEntry = "time_entry"
    case client, quote, user
    case warehouse
    case stockItem = "stock_item"
    case stockMovement = "stock_movement"
    case settings
    case apiToken = "api_token"

    /// The actions of which webhooks can hear (behaviour.md §10.2); of others, activities alone tell.
    var events: [ChangeAction] {
        switch self {
        case .project: [.created, .updated, .deleted, .archived, .unarchived]
        case .task: [.created, .updated, .deleted, .completed, .assigned, .statusChanged]
        case .timeEntry: [.created, .updated, .deleted, .started, .stopped, .idle]
        case .client, .quote, .user: [.created, .updated, .deleted]
        case .warehouse, .stockItem, .stockMovement, .settings, .apiToken: []
        }
    }

    /// As a sentence says it.
    var words: String { self == .apiToken ? "API token" : rawValue.replacing("_", with: " ") }
}
