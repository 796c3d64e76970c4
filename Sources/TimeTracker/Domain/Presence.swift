/// What a body says about a field: nothing, null, or a value. Partial updates tell the three apart (behaviour.md §3.4).
enum Presence<Value: Sendable>: Sendable {
    case absent
    case null
    case value(Value)

    var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }

    var isPresent: Bool {
        if case .absent = self { false } else { true }
    }

    /// The stored value after the change: absent keeps it, null clears it.
    func orKeep(_ old: Value?) -> Value? {
        switch self {
        case .absent: old
        case .null: nil
        case .value(let value): value
        }
    }
}
