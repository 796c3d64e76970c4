/// Parses dates and datetimes strictly; nothing may follow.
enum DateTimeParser {
    enum Parsed: Equatable {
        case dateTime(DateTimeInput)
        /// Days since 2000-01-01.
        case date(Int32)
    }

    static func parse(_ text: String) -> Parsed? {
        var scanner = Scanner(text)
        guard let date = scanner.date() else { return nil }
        if scanner.isAtEnd { return .date(date.daysSince2000) }
        guard scanner.skip(UInt8(ascii: "T")) || scanner.skip(UInt8(ascii: "t")) || scanner.skip(0x20),
            let seconds = scanner.time()
        else { return nil }
        let wall = Int64(date.daysSince2000) * InstantFormat.microsecondsPerDay + Int64(seconds) * 1_000_000
        if scanner.isAtEnd { return .dateTime(.wall(wall)) }
        guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
        let instant = wall - Int64(offset) * 1_000_000
        // PostgreSQL's and the wire format's common range.
        let year = CivilDate(daysSince2000: InstantFormat.split(instant).days).year
        return (1...9999).contains(year) ? .dateTime(.instant(instant)) : nil
    }

    private struct Scanner {
        private let bytes: [UInt8]
        private var index = 0

        init(_ text: String) {
            bytes = Array(text.utf8)
        }

        var isAtEnd: Bool { index == bytes.count }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard index + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[index..<index + count] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += count
            return value
        }

        mutating func date() -> CivilDate? {
            guard let year = digits(4), skip(UInt8(ascii: "-")), let month = digits(2), skip(UInt8(ascii: "-")),
                let day = digits(2)
            else { return nil }
            return CivilDate(validating: year, month, day)
        }

        /// `hh:mm[:ss[.fraction]]` in seconds; fractions are dropped.
        mutating func time() -> Int? {
            guard let hour = digits(2), hour < 24, skip(UInt8(ascii: ":")), let minute = digits(2), minute < 60 else {
                return nil
            }
            guard skip(UInt8(ascii: ":")) else { return hour * 3600 + minute * 60 }
            guard let second = digits(2), second < 60 else { return nil }
            if skip(UInt8(ascii: ".")) {
                guard digits(1) != nil else { return nil }
                while digits(1) != nil {}
            }
            return hour * 3600 + minute * 60 + second
        }

        /// `Z`, `±hh`, `±hhmm` or `±hh:mm` in seconds east of UTC.
        mutating func offset() -> Int? {
            if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
            let sign = skip(UInt8(ascii: "+")) ? 1 : skip(UInt8(ascii: "-")) ? -1 : 0
            guard sign != 0, let hour = digits(2), hour <= 15 else { return nil }
            if isAtEnd { return sign * hour * 3600 }
            _ = skip(UInt8(ascii: ":"))
            guard let minute = digits(2), minute < 60 else { return nil }
            return sign * (hour * 3600 + minute * 60)
        }
    }
}
