/// Reads the parts of a time.
struct ImportTimeScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) {
        // No time is longer.
        bytes = text.utf8.count <= 64 ? Array(text.utf8) : []
    }

    var isAtEnd: Bool { index == bytes.count }

    /// `YYYY-M-D`, `YYYY/M/D`, `D.M.YYYY`, `D/M/YYYY` or `M/D/YYYY`, as days since 2000-01-01 in either order.
    mutating func date() -> (dayFirst: Int32?, monthFirst: Int32?)? {
        guard let first = number(1...4) else { return nil }
        let isYearFirst = index == 4
        guard let separator = take(isYearFirst ? "-/" : "/."), isYearFirst || index <= 3, let second = number(1...2),
            take(separator)
        else { return nil }
        if isYearFirst {
            guard let third = number(1...2), let date = CivilDate(validating: first, second, third) else { return nil }
            return (date.daysSince2000, date.daysSince2000)
        }
        let start = index
        guard let year = number(4...4), index == start + 4 else { return nil }
        let dayFirst = CivilDate(validating: year, second, first)?.daysSince2000
        if separator == UInt8(ascii: ".") { return dayFirst.map { ($0, $0) } }
        let monthFirst = CivilDate(validating: year, first, second)?.daysSince2000
        return dayFirst == nil && monthFirst == nil ? nil : (dayFirst, monthFirst)
    }

    /// What stands between date and time.
    mutating func skipGap() -> Bool {
        if take("Tt") != nil { return true }
        let start = index
        while take(" ") != nil {}
        return index > start
    }

    /// Seconds of the day; fractions are dropped.
    mutating func time() -> Int32? {
        guard var hour = number(1...2), take(UInt8(ascii: ":")), let minute = twoDigits(), minute < 60 else {
            return nil
        }
        var second = 0
        if take(UInt8(ascii: ":")) {
            guard let value = twoDigits(), value < 60 else { return nil }
            second = value
            if take(".,") != nil {
                guard number(1...1) != nil else { return nil }
                while number(1...1) != nil {}
            }
        }
        let end = index
        while take(" ") != nil {}
        if let half = take("AaPp") {
            guard take("Mm") != nil, (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half | 0x20 == UInt8(ascii: "p") ? 12 : 0)
        } else {
            index = end
        }
        return hour < 24 ? Int32(hour * 3600 + minute * 60 + second) : nil
    }

    /// `Z`, `±hh`, `±hhmm` or `±hh:mm` in seconds east of UTC.
    mutating func offset() -> Int32? {
        if take("Zz") != nil { return 0 }
        guard let sign = take("+-"), let hour = twoDigits(), hour <= 15 else { return nil }
        var minute = 0
        if !isAtEnd {
            _ = take(UInt8(ascii: ":"))
            guard let value = twoDigits(), value < 60 else { return nil }
            minute = value
        }
        let seconds = Int32(hour * 3600 + minute * 60)
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Any of some bytes.
    private mutating func take(_ any: StaticString) -> UInt8? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        let isOne = UnsafeBufferPointer(start: any.utf8Start, count: any.utf8CodeUnitCount).contains(byte)
        if isOne { index += 1 }
        return isOne ? byte : nil
    }

    private mutating func twoDigits() -> Int? {
        let start = index
        guard let value = number(1...2), index == start + 2 else { return nil }
        return value
    }

    /// As many digits as there are, up to the most.
    private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
        let start = index
        var value = 0
        while index < bytes.count, index - start < digits.upperBound, (0x30...0x39).contains(bytes[index]) {
            value = value * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        return index - start >= digits.lowerBound ? value : nil
    }
}
