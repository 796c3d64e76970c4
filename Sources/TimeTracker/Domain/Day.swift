/// A day of the calendar: days since 2000-01-01.
struct Day: Hashable, Comparable, Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    /// `2024-01-15`
    var text: String { InstantFormat.dateText(number) }

    static func < (one: Day, other: Day) -> Bool { one.number < other.number }
}
