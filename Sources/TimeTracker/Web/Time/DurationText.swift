/// Durations as people type them: `1:30`, `1h30`, `1h 30m`, `1.5`, `1,5`, `90m`, `2` (hours), `:30`.
enum DurationText {
    enum Problem: Error, Equatable {
        case notADuration
        /// A plain number of more than a day's hours.
        case tooManyHours(Int)

        var message: String {
            switch self {
            case .notADuration: "Write a duration such as 1:30, 1.5 or 90m."
            case .tooManyHours(let number): "Did you mean \(number)m? A plain number means hours."
            }
        }
    }

    /// Longest that is taken, in seconds: 30 days.
    private static let longest: Int64 = 30 * 86_400

    /// Seconds in whole minutes, half up; 0 for an empty text.
    static func parse(_ text: String) throws(Problem) -> Int64 {
        // Longer than any duration that makes sense.
        guard text.utf8.count <= 40 else { throw .notADuration }
        let bytes = text.utf8.map {
            $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0)
        }
        .filter { $0 != 0x20 }
        guard !bytes.isEmpty else { return 0 }
        let minutes: Int64
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            minutes = try clock(bytes[..<colon], bytes[(colon + 1)...])
        } else if let h = bytes.firstIndex(of: UInt8(ascii: "h")) {
            minutes = try hours(bytes[..<h]) + trailing(bytes[(h + 1)...])
        } else if bytes.last == UInt8(ascii: "m") {
            minutes = try whole(bytes.dropLast())
        } else {
            minutes = try hours(bytes[...])
            if minutes > 24 * 60, let number = try? whole(bytes[...]) { throw .tooManyHours(Int(number)) }
        }
        guard minutes * 60 <= longest else { throw .notADuration }
        return minutes * 60
    }

    /// `1:30`, `:30`.
    private static func clock(_ hours: ArraySlice<UInt8>, _ minutes: ArraySlice<UInt8>) throws(Problem) -> Int64 {
        guard (1...2).contains(minutes.count) else { throw .notADuration }
        let minute = try whole(minutes)
        guard minute < 60 else { throw .notADuration }
        return (hours.isEmpty ? 0 : try whole(hours)) * 60 + minute
    }

    /// What stands behind the `h`: nothing, `30`, `30m`.
    private static func trailing(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Int64 {
        guard !bytes.isEmpty else { return 0 }
        let minutes = try whole(bytes.last == UInt8(ascii: "m") ? bytes.dropLast() : bytes)
        guard minutes < 60 else { throw .notADuration }
        return minutes
    }

    /// Decimal hours in minutes, half up.
    private static func hours(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Int64 {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !(parts[0].isEmpty && (parts.count == 1 || parts[1].isEmpty)) else {
            throw .notADuration
        }
        let hours = parts[0].isEmpty ? 0 : try whole(parts[0])
        guard parts.count == 2, !parts[1].isEmpty else { return hours * 60 }
        let fraction = parts[1].prefix(6)
        let scale = fraction.reduce(Int64(1)) { power, _ in power * 10 }
        _ = try whole(parts[1].prefix(6))
        return hours * 60 + (try whole(fraction) * 120 + scale) / (2 * scale)
    }

    private static func whole(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Int64 {
        guard (1...6).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { throw .notADuration }
        return bytes.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
