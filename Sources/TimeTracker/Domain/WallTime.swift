/// What the clocks of a time zone show: microseconds since they showed 2000-01-01 00:00. Of which zone, its owner knows.
struct WallTime: Hashable, Comparable, Sendable {
    let microseconds: Int64

    init(_ microseconds: Int64) {
        self.microseconds = microseconds
    }

    static func < (one: WallTime, other: WallTime) -> Bool { one.microseconds < other.microseconds }
}
