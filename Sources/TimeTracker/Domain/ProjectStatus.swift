/// Where a project stands (behaviour.md §4.4).
enum ProjectStatus: String, Sendable, CaseIterable {
    case active
    case onHold = "on_hold"
    case inactive, archived

    var displayName: String {
        switch self {
        case .active: "Active"
        case .onHold: "On hold"
        case .inactive: "Inactive"
        case .archived: "Archived"
        }
    }
}
