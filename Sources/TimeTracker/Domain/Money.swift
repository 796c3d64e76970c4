// Arithmetic of exact amounts: 64-bit integers in hundredths (behaviour.md §3.11).
extension Money {
    /// Hours in hundredths, half away from zero.
    static func hours(seconds: Int64) -> Int64 {
        let magnitude = (seconds.magnitude * 100 + 1800) / 3600
        return seconds < 0 ? -Int64(magnitude) : Int64(magnitude)
    }

    /// Hours (rounded to two decimals first) times an hourly rate, in hundredths; half away from zero.
    static func cost(seconds: Int64, hourlyRate: Int64) -> Int64 {
        let hours = hours(seconds: seconds)
        let (product, isLarge) = hours.multipliedReportingOverflow(by: hourlyRate)
        // A division of 128 bits takes ten times as long, and lists ask for two costs a row.
        let (quotient, remainder) =
            isLarge
            ? Int64(100).dividingFullWidth(hours.multipliedFullWidth(by: hourlyRate))
            : product.quotientAndRemainder(dividingBy: 100)
        return remainder >= 50 ? quotient + 1 : remainder <= -50 ? quotient - 1 : quotient
    }

    static func cost(seconds: Int64, hourlyRate: Money) -> Money {
        Money(cost(seconds: seconds, hourlyRate: hourlyRate.hundredths))
    }

    /// Largest amount that `numeric(10, 2)` holds.
    static var largest: Int64 { 9_999_999_999 }

    /// `a × b ÷ divisor` of amounts that are not negative, half up; nil when the result exceeds ``largest``.
    static func scaled(_ a: Int64, by b: Int64, over divisor: Int64) -> Int64? {
        let product = a.multipliedFullWidth(by: b)
        guard product.high < divisor / 2 else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth(product)
        let result = remainder * 2 >= divisor ? quotient + 1 : quotient
        return result <= largest ? result : nil
    }

    /// So many percent of it, half up; of what is not negative. Nil when that exceeds ``largest``.
    func part(_ percent: Percent) -> Money? {
        Self.scaled(hundredths, by: percent.hundredths, over: 10_000).map { Money($0) }
    }

    /// `1234.05`, as PostgreSQL's numeric reads it.
    static func format(_ hundredths: Int64) -> String {
        let magnitude = hundredths.magnitude
        let cents = magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    /// Reads a JSON number's or numeric string's digits exactly, rounding to hundredths half away from zero.
    /// - Returns: nil for anything else and for what doesn't fit.
    static func parse(_ text: String) -> Int64? {
        guard let decimal = DecimalText(text) else { return nil }
        return decimal.hundredths
    }
}
