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
