/// What the host-wide fallback limiter decided about one request (behaviour.md §2.8).
public struct FallbackLimitDecision: Sendable, Equatable {
    /// False: refuse with 429; nothing was counted.
    public let isAdmitted: Bool
    /// Requests left after this one, 0 ... limit.
    public let remainingMinute: Int
    public let remainingHour: Int
    /// Milliseconds until the window's count falls, i.e. more quota becomes available.
    public let resetMinuteMilliseconds: UInt64
    public let resetHourMilliseconds: UInt64
    /// Milliseconds until one more request passes; 0 when admitted.
    public let waitMilliseconds: UInt64
}
