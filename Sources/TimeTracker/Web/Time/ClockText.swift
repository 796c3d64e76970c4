/// Times of day as people type them: `9`, `930`, `0930`, `9:30`, `9.30`, `9:30pm`, `24:00` (an end only).
enum ClockText {
    static let message = "Write a time such as 9:30."

    /// Minutes after midnight.
    ///
    /// - Parameter isEnd: whether 24:00 is one.
    /// - Returns: nil for what is no time of day.
    static func parse(_ text: String, isEnd: Bool = false) -> Int64? {
        guard text.utf8.count <= 20 else { return nil }
        var bytes = text.utf8.map { $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) }.filter { $0 != 0x20 }[...]
        let half = half(&bytes)
        let parts = bytes.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        var hour: Int64
        let minute: Int64
        switch parts.count {
        case 1:
            guard let number = number(parts[0], 1...4) else { return nil }
            (hour, minute) = parts[0].count <= 2 ? (number, 0) : (number / 100, number % 100)
        case 2, 3:
            // Seconds are what a browser's own control may send.
            guard let h = number(parts[0], 1...2), let m = number(parts[1], 2...2),
                parts.count == 2 || number(parts[2], 2...2).map({ $0 < 60 }) == true
            else { return nil }
            (hour, minute) = (h, m)
        default: return nil
        }
        if let half {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + half
        }
        guard minute < 60, hour < 24 || (isEnd && hour == 24 && minute == 0 && half == nil) else { return nil }
        return hour * 60 + minute
    }

    /// 0 for am, 12 for pm, and takes it off the end.
    private static func half(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
        for (ending, hours) in [("am", Int64(0)), ("pm", 12), ("a", 0), ("p", 12)] where bytes.count > ending.utf8.count
        {
            guard bytes.suffix(ending.utf8.count).elementsEqual(ending.utf8) else { continue }
            bytes = bytes.dropLast(ending.utf8.count)
            return hours
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(bytes.count), bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
