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

/// A decimal number taken apart: sign, digits, power of ten.
struct DecimalText {
    private let isNegative: Bool
    private let digits: [UInt8]
    /// Power of ten of the last digit.
    private let exponent: Int

    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        var digits: [UInt8] = []
        var scale = 0
        var seenPoint = false
        while let byte = bytes.first, byte == UInt8(ascii: ".") || (byte >= 0x30 && byte <= 0x39) {
            bytes = bytes.dropFirst()
            if byte == UInt8(ascii: ".") {
                guard !seenPoint else { return nil }
                seenPoint = true
            } else {
                digits.append(byte - 0x30)
                if seenPoint { scale += 1 }
            }
        }
        guard !digits.isEmpty, digits.count <= 1000 else { return nil }
        var power = 0
        if let mark = bytes.first {
            guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E"),
                let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(value) < 10_000
            else { return nil }
            power = value
        }
        self.digits = digits
        self.exponent = power - scale
    }

    /// Whether nothing is lost when it is taken in hundredths.
    var isExactInHundredths: Bool {
        let excess = -(exponent + 2)
        return excess <= 0 || digits.suffix(excess).allSatisfy { $0 == 0 }
    }

    var hundredths: Int64? {
        let shift = exponent + 2
        // Digits below the hundredths: the first one rounds.
        let kept = shift >= 0 ? digits[...] : digits.dropLast(min(-shift, digits.count))
        var value: Int64 = 0
        for digit in kept {
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = product.addingReportingOverflow(Int64(digit))
            guard !isTooLarge, !isTooLargeNow else { return nil }
            value = sum
        }
        if shift > 0 {
            for _ in 0..<shift where value != 0 {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                value = product
            }
        } else if shift < 0, digits.count >= -shift, digits[digits.count + shift] >= 5 {
            guard value < .max else { return nil }
            value += 1
        }
        return isNegative ? -value : value
    }
}
