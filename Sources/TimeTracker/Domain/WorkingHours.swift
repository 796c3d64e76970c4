/// Hours that are worked in a day, as settings and profiles have them.
enum WorkingHours {
    static let range = 0.5...24.0

    /// Decimal digits with a point or a comma; nil for what is none, or out of range.
    static func read(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2C }
        guard isDecimal, (1...10).contains(text.utf8.count) else { return nil }
        let point = String(decoding: text.utf8.map { $0 == 0x2C ? 0x2E : $0 }, as: UTF8.self)
        return Double(point).flatMap { range.contains($0) ? $0 : nil }
    }
}
