/// Urgency of a task, stored as a number (behaviour.md §4.6).
enum TaskPriority: Int, Sendable, CaseIterable {
    case low = 1
    case medium, high, urgent

    var name: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .urgent: "urgent"
        }
    }

    var displayName: String {
        switch self {
        case .low: "Low"
        case .medium: "Medium"
        case .high: "High"
        case .urgent: "Urgent"
        }
    }

    var cssClass: String { "priority-\(name)" }
}

/// A priority and the form in which a client wrote it, in which clients read it again: some know numbers only, others
/// words only, and either would lose the other's.
struct WrittenPriority: Sendable, Equatable {
    var level: TaskPriority
    var isNumber: Bool

    /// What nobody has written.
    static let standard = WrittenPriority(level: .medium, isNumber: false)

    init(level: TaskPriority, isNumber: Bool) {
        self.level = level
        self.isNumber = isNumber
    }
}
