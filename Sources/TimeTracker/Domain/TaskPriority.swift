/// Urgency of a task, stored as a number (behaviour.md §4.6).
enum TaskPriority: Int, Sendable, CaseIterable {
    case low = 1
    case medium, high, urgent

    var name: String { String(describing: self) }
    var displayName: String { name.prefix(1).uppercased() + name.dropFirst() }
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
