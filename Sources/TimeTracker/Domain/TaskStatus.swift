/// Where a task stands (behaviour.md §4.6).
enum TaskStatus: String, Sendable, CaseIterable {
    case todo
    case inProgress = "in_progress"
    case review, done, cancelled
    case onHold = "on_hold"

    /// What a list can be asked for, and which tasks that are.
    static let words: [(word: String, values: [TaskStatus])] =
        allCases.map { (word: $0.rawValue, values: [$0]) }
        + ["active", "open"].map { (word: $0, values: allCases.filter(\.isOpen)) }

    /// Whether there is still something to do.
    var isOpen: Bool { self != .done && self != .cancelled }

    var displayName: String {
        switch self {
        case .todo: "To Do"
        case .inProgress: "In Progress"
        case .review: "Review"
        case .done: "Done"
        case .cancelled: "Cancelled"
        case .onHold: "On Hold"
        }
    }
}
