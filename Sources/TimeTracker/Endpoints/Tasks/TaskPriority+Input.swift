extension TaskPriority {
    /// A number or a word.
    static let schema = Schema.oneOf(
        [.integer(range: 1...4), .string(values: allCases.map(\.name))],
        description: "1 low, 2 medium, 3 high, 4 urgent, or the words; read in the form in which it was last written")
}

extension WrittenPriority {
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
}
