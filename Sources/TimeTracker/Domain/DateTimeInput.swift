/// A point in time as a client gave it (behaviour.md §3.9).
public enum DateTimeInput: Sendable, Equatable {
    /// It had a `Z` or an offset: microseconds since 2000-01-01 UTC.
    case instant(Int64)
    /// It had none and is wall time of the app zone: naive microseconds since 2000-01-01.
    case wall(Int64)
}

/// An end of a span of time that a query asks for.
enum RangeBound: Sendable, Equatable {
    case time(DateTimeInput)
    /// The first instant of a day of the app zone; days since 2000-01-01.
    case startOfDay(Int32)
    /// The last microsecond before the next day begins.
    case endOfDay(Int32)

    /// Whether a span goes from a day to that day or a later one. It is a span then even where its end comes before its
    /// beginning: a day that the zone skips ends before it begins, and holds nothing.
    static func isSpanOfDays(_ start: RangeBound?, _ end: RangeBound?) -> Bool {
        guard case .startOfDay(let first) = start, case .endOfDay(let last) = end else { return false }
        return first <= last
    }
}
