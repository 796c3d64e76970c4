/// A point in time: microseconds since 2000-01-01 00:00 UTC, as PostgreSQL counts.
public struct Instant: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    public init(_ microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// What an object has before the database has stored it.
    static var none: Instant { Instant(0) }

    static func now() -> Instant { Instant(WallClock.now()) }

    /// So many seconds later.
    static func + (instant: Instant, seconds: Int64) -> Instant { Instant(instant.microseconds + seconds * 1_000_000) }

    public static func < (one: Instant, other: Instant) -> Bool { one.microseconds < other.microseconds }

    /// `2024-01-15T09:00:00Z`
    public var text: String { InstantFormat.text(microseconds) }

    /// `2024-01-15T09:00:00Z` of microseconds since 2000-01-01 UTC.
    public static func text(_ instant: Int64?) -> String? {
        instant.map(InstantFormat.text)
    }
}
