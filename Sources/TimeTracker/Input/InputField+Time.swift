extension InputField where Value == DateTimeInput {
    /// A datetime; a bare date is refused (behaviour.md §3.9).
    static func instant(_ key: String, required: String? = nil, nullable: Bool = false) -> Self {
        Self(key, required: required, nullable: nullable, schema: .string(format: "date-time", nullable: nullable)) {
            value in
            guard let text = value.stringValue?.short, case .dateTime(let time)? = DateTimeParser.parse(text) else {
                return .failure("Not a valid datetime.")
            }
            return .success(time)
        }
    }
}

extension InputField where Value == Int32 {
    /// A date, as days since 2000-01-01.
    static func date(_ key: String, required: String? = nil, nullable: Bool = false) -> Self {
        Self(key, required: required, nullable: nullable, schema: .string(format: "date", nullable: nullable)) {
            value in
            guard let text = value.stringValue?.short, case .date(let days)? = DateTimeParser.parse(text) else {
                return .failure("Not a valid date.")
            }
            return .success(days)
        }
    }
}

extension InputField where Value == Day {
    /// A date.
    static func day(_ key: String, required: String? = nil, nullable: Bool = false) -> Self {
        InputField<Int32>.date(key, required: required, nullable: nullable).map { Day($0) }
    }
}
