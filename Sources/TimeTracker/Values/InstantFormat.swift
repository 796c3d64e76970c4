import NIOCore

/// Instants as API users see them: UTC, whole seconds, `Z` (contract 00 §8).
enum InstantFormat {
    static let microsecondsPerDay: Int64 = 86_400_000_000

    static func write(_ instant: Int64, to buffer: inout ByteBuffer) {
        let (days, micros) = split(instant)
        writeDate(days, to: &buffer)
        let seconds = Int(micros / 1_000_000)
        buffer.writeInteger(UInt8(ascii: "T"))
        writeTwo(seconds / 3600, to: &buffer)
        buffer.writeInteger(UInt8(ascii: ":"))
        writeTwo(seconds / 60 % 60, to: &buffer)
        buffer.writeInteger(UInt8(ascii: ":"))
        writeTwo(seconds % 60, to: &buffer)
        buffer.writeInteger(UInt8(ascii: "Z"))
    }

    static func writeDate(_ days: Int32, to buffer: inout ByteBuffer) {
        let date = CivilDate(daysSince2000: days)
        writeTwo(date.year / 100, to: &buffer)
        writeTwo(date.year % 100, to: &buffer)
        buffer.writeInteger(UInt8(ascii: "-"))
        writeTwo(date.month, to: &buffer)
        buffer.writeInteger(UInt8(ascii: "-"))
        writeTwo(date.day, to: &buffer)
    }

    static func text(_ instant: Int64) -> String {
        var buffer = ByteBuffer()
        write(instant, to: &buffer)
        return String(buffer: buffer)
    }

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

    private static func writeTwo(_ value: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(0x30 + value / 10 % 10))
        buffer.writeInteger(UInt8(0x30 + value % 10))
    }
}
