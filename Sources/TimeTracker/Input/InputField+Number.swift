extension InputField where Value == Int64 {
    /// An integer or a digit string; never a boolean, never a fraction (behaviour.md §3.3).
    static func integer(_ key: String, range: ClosedRange<Int64>, required: String? = nil, nullable: Bool = false)
        -> Self
    {
        Self(key, required: required, nullable: nullable, schema: .integer(nullable: nullable, range: range)) {
            IntegerInput.parse($0, in: range)
        }
    }

    /// The id of an object: a positive integer.
    static func id(_ key: String, aliases: [String] = [], required: String? = nil, nullable: Bool = false) -> Self {
        Self(
            key, aliases: aliases, required: required, nullable: nullable,
            schema: .integer(nullable: nullable, range: 1...Int64.max)
        ) {
            IntegerInput.parse($0, in: 1...Int64.max)
        }
    }

    /// A decimal number, in hundredths, not negative, that fits `numeric(precision, 2)`: a rate, a quantity, hours.
    /// More decimals are refused, other than of money: rounding would change what was meant.
    ///
    /// - Parameter most: a lower limit than the column's, in hundredths.
    static func decimal(_ key: String, precision: Int, nullable: Bool = false, most: Int64? = nil) -> Self {
        Self(
            key, nullable: nullable, schema: .number(description: "2 decimals", nullable: nullable, minimum: 0)
        ) { value in
            Hundredths.parse(value, precision: precision, most: most).flatMap {
                $0.isExact ? .success($0.amount) : .failure(Hundredths.tooPrecise)
            }
        }
    }
}

extension Hundredths {
    static let tooPrecise = InputFailure(stringLiteral: tooPreciseText)

    /// - Parameter most: a lower limit than that of `numeric(precision, 2)`, in hundredths.
    static func parse(_ value: JSONValue, precision: Int, most: Int64? = nil) -> Result<Hundredths, InputFailure> {
        let limit = most.map { $0 + 1 } ?? (0..<precision).reduce(Int64(1)) { power, _ in power * 10 }
        guard let text = value.digits else { return .failure("Not a valid number.") }
        guard let decimal = DecimalText(text) else { return .failure("Not a valid number.") }
        guard let hundredths = decimal.hundredths, abs(hundredths) < limit else {
            return .failure("The number is too large.")
        }
        guard hundredths >= 0, !text.hasPrefix("-") || hundredths == 0 else {
            return .failure("Must be greater than or equal to 0.")
        }
        return .success(Hundredths(amount: hundredths, isExact: decimal.isExactInHundredths))
    }
}

extension InputField where Value == Double {
    /// A finite number of at least `min`.
    static func number(_ key: String, min: Double, nullable: Bool = false) -> Self {
        Self(key, nullable: nullable, schema: .number(nullable: nullable, minimum: min)) { value in
            let number: Double?
            switch value {
            case .number(let digits): number = Double(digits)
            case .string: number = value.digits.flatMap { DecimalText($0) == nil ? nil : Double($0) }
            default: number = nil
            }
            guard let number, number.isFinite else { return .failure("Not a valid number.") }
            guard number >= min, number <= 1e9 else { return .failure("Must be between \(min) and 1000000000.") }
            return .success(number)
        }
    }
}

extension InputField where Value == Bool {
    /// A boolean, 1 or 0, or one of the usual words in any case (behaviour.md §3.3).
    static func boolean(_ key: String) -> Self {
        Self(key, schema: .boolean()) { value in
            switch value {
            case .bool(let value): return .success(value)
            case .number("1"): return .success(true)
            case .number("0"): return .success(false)
            case .string(let text):
                switch text.asciiLowercased {
                case "true", "t", "yes", "y", "on", "1": return .success(true)
                case "false", "f", "no", "n", "off", "0": return .success(false)
                default: return .failure("Not a valid boolean.")
                }
            default: return .failure("Not a valid boolean.")
            }
        }
    }
}

extension JSONValue {
    /// What a number, or a text that should be one, says; nil for other values and for texts that are too long for one.
    var digits: String? {
        switch self {
        case .number(let digits): digits
        case .string(let text): text.short
        default: nil
        }
    }
}

/// Integers as clients send them.
enum IntegerInput {
    static func parse(_ value: JSONValue, in range: ClosedRange<Int64>) -> Result<Int64, InputFailure> {
        guard let text = value.digits else { return .failure("Not a valid integer.") }
        guard let integer = integer(text, allowsFraction: value.stringValue == nil) else {
            return .failure("Not a valid integer.")
        }
        guard range.contains(integer) else {
            return range.upperBound == .max
                ? .failure("Must be greater than or equal to \(range.lowerBound).")
                : .failure("Must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return .success(integer)
    }

    /// `7`, and for JSON numbers also `7.0` and `7e0`.
    private static func integer(_ text: String, allowsFraction: Bool) -> Int64? {
        if let integer = Int64(text) { return integer }
        guard allowsFraction, let hundredths = DecimalText(text)?.hundredths, hundredths.isMultiple(of: 100),
            Double(text).map({ $0 == $0.rounded() }) == true
        else { return nil }
        return hundredths / 100
    }
}

extension InputField where Value == Money {
    /// Not negative, and such that it fits `numeric(precision, 2)`; more decimals are rounded half up.
    static func amount(_ key: String, precision: Int, required: String? = nil, nullable: Bool = false) -> Self {
        Self(key, required: required, nullable: nullable, schema: .number(nullable: nullable, minimum: 0)) { value in
            Hundredths.parse(value, precision: precision).map { Money($0.amount) }
        }
    }
}

extension InputField where Value == Percent {
    /// From 0 to 100, two decimals.
    static func percent(_ key: String) -> Self {
        InputField<Int64>.decimal(key, precision: 5, nullable: true, most: 100_00).map { Percent($0) }
    }
}

extension InputField where Value == Hours {
    /// See ``InputField/decimal(_:precision:nullable:most:)``.
    static func hours(_ key: String, precision: Int, nullable: Bool = false) -> Self {
        InputField<Int64>.decimal(key, precision: precision, nullable: nullable).map { Hours($0) }
    }
}

extension InputField where Value == Quantity {
    /// See ``InputField/decimal(_:precision:nullable:most:)``.
    static func quantity(_ key: String, precision: Int, nullable: Bool = false) -> Self {
        InputField<Int64>.decimal(key, precision: precision, nullable: nullable).map { Quantity($0) }
    }
}

extension InputField {
    /// The id of an object: a positive integer.
    static func id<Object>(
        _ key: String, aliases: [String] = [], required: String? = nil, nullable: Bool = false
    ) -> Self where Value == ID<Object> {
        InputField<Int64>.id(key, aliases: aliases, required: required, nullable: nullable).map { ID($0) }
    }
}
