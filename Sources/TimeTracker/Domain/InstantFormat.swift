/// Instants as API users see them: UTC, whole seconds, `Z` (behaviour.md §3.9).
enum InstantFormat {
    static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Bytes that ``write(_:to:)`` writes.
    static let length = 20
    /// Bytes that ``writeDate(_:to:)`` writes.
    static let dateLength = 10

    /// - Parameter out: room for ``length`` bytes.
    /// - Returns: ``length``.
    @discardableResult
    static func write(_ instant: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let (days, micros) = split(instant)
        writeDate(days, to: out)
        let seconds = Int(truncatingIfNeeded: UInt64(bitPattern: micros) / 1_000_000)
        out[10] = UInt8(ascii: "T")
        writeTwo(seconds / 3600, to: out + 11)
        out[13] = UInt8(ascii: ":")
        writeTwo(seconds / 60 % 60, to: out + 14)
        out[16] = UInt8(ascii: ":")
        writeTwo(seconds % 60, to: out + 17)
        out[19] = UInt8(ascii: "Z")
        return length
    }

    /// - Parameter out: room for ``dateLength`` bytes.
    /// - Returns: ``dateLength``.
    @discardableResult
    static func writeDate(_ days: Int32, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let date = CivilDate(daysSince2000: days)
        writeTwo(date.year / 100, to: out)
        writeTwo(date.year % 100, to: out + 2)
        out[4] = UInt8(ascii: "-")
        writeTwo(date.month, to: out + 5)
        out[7] = UInt8(ascii: "-")
        writeTwo(date.day, to: out + 8)
        return dateLength
    }

    static func text(_ instant: Int64) -> String {
        String(unsafeUninitializedCapacity: length) { out in
            out.baseAddress.map { write(instant, to: $0) } ?? 0
        }
    }

    static func dateText(_ days: Int32) -> String {
        String(unsafeUninitializedCapacity: dateLength) { out in
            out.baseAddress.map { writeDate(days, to: $0) } ?? 0
        }
    }

    /// The instant without its fraction of a second. What is taken from a clock is cut like this before it is stored as a time
    /// of an entry, so that clients can write back what they read.
    static func wholeSecond(_ instant: Int64) -> Int64 {
        let fraction = instant % 1_000_000
        return instant - (fraction < 0 ? fraction + 1_000_000 : fraction)
    }

    static func wholeSecond(_ instant: Instant) -> Instant { Instant(wholeSecond(instant.microseconds)) }

    /// Whole days since 2000-01-01 and the microseconds of the day.
    static func split(_ instant: Int64) -> (days: Int32, microseconds: Int64) {
        var days = instant / microsecondsPerDay
        var rest = instant % microsecondsPerDay
        if rest < 0 {
            rest += microsecondsPerDay
            days -= 1
        }
        return (Int32(truncatingIfNeeded: days), rest)
    }

    /// The last two digits of `value`.
    static func writeTwo(_ value: Int, to out: UnsafeMutablePointer<UInt8>) {
        DecimalDigits.writeTwo(UInt(bitPattern: value) % 100, to: out)
    }
}
