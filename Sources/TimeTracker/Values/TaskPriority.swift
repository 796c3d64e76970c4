/// Urgency of a task, stored as a number (behaviour.md §4.6).
enum TaskPriority: Int, Sendable, CaseIterable {
    case low = 1
    case medium, high, urgent

    var name: String { String(describing: self) }
    var displayName: String { name.prefix(1).uppercased() + name.dropFirst() }
    var cssClass: String { "priority-\(name)" }

    /// A number or a word.
    static let schema = Schema.oneOf(
        [.integer(range: 1...4), .string(values: allCases.map(\.name))],
        description: "1 low, 2 medium, 3 high, 4 urgent, or the words; read in the form in which it was last written")
}

/// A priority and the form in which a client wrote it, in which clients read it again: some know numbers only, others
/// words only, and either would lose the other's.
struct WrittenPriority: Sendable, Equatable {
    var level: TaskPriority
    var isNumber: Bool

    /// What nobody has written.
    static let standard = WrittenPriority(level: .medium, isNumber: false)

    /// Of a number, a digit string (which counts as a number) or one of the words.
    init?(input: JSONValue) {
        if case .success(let number) = IntegerInput.parse(input, in: 1...4),
            let level = TaskPriority(rawValue: Int(number))
        {
            self.init(level: level, isNumber: true)
            return
        }
        guard let word = input.stringValue?.asciiLowercased.short,
            let level = TaskPriority.allCases.first(where: { $0.name == word })
        else { return nil }
        self.init(level: level, isNumber: false)
    }

    init(level: TaskPriority, isNumber: Bool) {
        self.level = level
        self.isNumber = isNumber
    }
}
