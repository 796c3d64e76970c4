/// When a failed delivery is tried again (behaviour.md §10.5). Pure.
struct RetryPolicy: Sendable, Equatable {
    /// Seconds; no delay is longer.
    static let longestDelay: Int64 = 86_400

    /// Attempts after the first.
    var maxRetries: Int64
    /// Seconds before the first retry; doubled for each one after it.
    var delaySeconds: Int64

    /// - Parameters:
    ///   - retryCount: retries scheduled before this failure.
    ///   - retryAfter: seconds that the receiver asked for; only ever lengthens the delay.
    /// - Returns: seconds to wait before the next attempt; nil = give up.
    func delay(retryCount: Int64, retryAfter: Int64? = nil) -> Int64? {
        guard retryCount < maxRetries else { return nil }
        // 2^17 seconds are more than a day already.
        let (delay, overflow) = delaySeconds.multipliedReportingOverflow(by: 1 << min(max(retryCount, 0), 17))
        let longest = Self.longestDelay
        return max(min(overflow ? longest : delay, longest), min(retryAfter ?? 0, longest))
    }
}

/// The `Retry-After` field (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Status codes with which the field is honoured: too many requests, unavailable.
    static let statuses: Set<Int> = [429, 503]

    /// - Parameter now: Unix seconds.
    /// - Returns: seconds from now, not negative; nil for text that is neither a number nor an HTTP date.
    static func seconds(_ text: RawText, now: Int) -> Int64? {
        guard let text = text.short else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return Int64(text) ?? .max }
        return HTTPDateParser.unixSeconds(text).map { max(0, Int64($0 - now)) }
    }
}

/// Reads IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), the only form that may be sent today.
enum HTTPDateParser {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func unixSeconds(_ text: String) -> Int? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = number(parts[1], digits: 2), let month = months.firstIndex(where: { $0 == parts[2] }),
            let year = number(parts[3], digits: 4), let date = CivilDate(validating: year, month + 1, day)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], digits: 2), let minute = number(time[1], digits: 2),
            let second = number(time[2], digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return (Int(date.daysSince2000) + 10_957) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}
