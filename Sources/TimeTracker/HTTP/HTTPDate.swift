import Synchronization

/// IMF-fixdate, the form of the `Date` header (RFC 9110 §5.6.7), formatted once a second.
enum HTTPDate {
    private static let cache = Mutex<(second: Int, text: String)>((-1, ""))
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func write(_ unixSeconds: Int, to out: inout ByteWriter) {
        let text = cache.withLock { cache in
            if cache.second != unixSeconds { cache = (unixSeconds, format(unixSeconds)) }
            return cache.text
        }
        out.append(text)
    }

    static func format(_ unixSeconds: Int) -> String {
        let days = unixSeconds / 86400
        let second = unixSeconds % 86400
        let date = CivilDate(daysSince2000: Int32(days - 10957))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return weekdays[days % 7] + ", " + two(Int(date.day)) + " " + months[Int(date.month) - 1] + " \(date.year) "
            + two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60) + " GMT"
    }
}
