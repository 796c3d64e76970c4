/// Urgency of a task; on the wire and in the database a number (contract 02 §3.1).
enum TaskPriority: Int, Sendable, CaseIterable {
    case low = 1
    case medium, high, urgent

    var name: String { String(describing: self) }
    var displayName: String { name.prefix(1).uppercased() + name.dropFirst() }
    var cssClass: String { "priority-\(name)" }

    /// A number, a digit string or one of the words.
    init?(input: JSONValue) {
        switch input {
        case .number(let text):
            guard let value = DecimalText(text)?.hundredths, value.isMultiple(of: 100) else { return nil }
            self.init(rawValue: Int(value / 100))
        case .string(let text):
            guard let word = text.asciiLowercased.short,
                let match = Int(word).flatMap(Self.init(rawValue:)) ?? Self.allCases.first(where: { $0.name == word })
            else {
                return nil
            }
            self = match
        default: return nil
        }
    }
}
