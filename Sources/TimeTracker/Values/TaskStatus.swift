/// Where a task stands (contract 02 §3.1).
enum TaskStatus: String, Sendable, CaseIterable {
    case todo
    case inProgress = "in_progress"
    case review, done, cancelled
    case onHold = "on_hold"

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
