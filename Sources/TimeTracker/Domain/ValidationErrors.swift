/// Field names with their messages, in the order in which they were found (behaviour.md §3.2).
public struct ValidationErrors: Sendable, Equatable {
    private(set) var fields: [(name: String, messages: [String])] = []

    public init() {}

    public var isEmpty: Bool { fields.isEmpty }

    /// In the order in which they were found.
    var names: [String] { fields.map(\.name) }

    /// What was found first.
    var first: (field: String, message: String)? {
        fields.first.map { ($0.name, $0.messages.first ?? "") }
    }

    public subscript(field: String) -> [String]? {
        fields.first { $0.name == field }?.messages
    }

    public mutating func add(_ field: String, _ message: String) {
        if let index = fields.firstIndex(where: { $0.name == field }) {
            fields[index].messages.append(message)
        } else {
            fields.append((field, [message]))
        }
    }

    func throwIfAny() throws(ValidationError) {
        if !isEmpty { throw ValidationError(errors: self) }
    }

    public static func == (a: ValidationErrors, b: ValidationErrors) -> Bool {
        a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.messages == $1.messages }
    }
}

/// A well-formed request whose content is refused: 400 `validation_error`.
public struct ValidationError: Error, Sendable {
    public let errors: ValidationErrors
}
