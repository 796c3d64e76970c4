/// How an entry's seconds are rounded (behaviour.md §5.2).
public enum RoundingMethod: String, Sendable {
    case nearest, up, down
}

/// A user's own rounding.
public struct RoundingPreference: Sendable, Equatable {
    public var isEnabled = false
    public var minutes = 1
    public var method = RoundingMethod.nearest

    /// The user's step if they set one, else the installation's; 1 minute means none.
    func effective(settingsMinutes: Int) -> Rounding {
        if isEnabled, minutes > 1 { return Rounding(minutes: minutes, method: method) }
        return Rounding(minutes: settingsMinutes, method: isEnabled ? method : .nearest)
    }
}

struct Rounding: Sendable, Equatable {
    var minutes: Int
    var method: RoundingMethod

    /// `nearest` rounds half up.
    func apply(_ seconds: Int64) -> Int64 {
        guard minutes > 1 else { return seconds }
        let step = Int64(minutes) * 60
        switch method {
        case .nearest: return (seconds + step / 2) / step * step
        case .up: return (seconds + step - 1) / step * step
        case .down: return seconds / step * step
        }
    }
}

/// Arithmetic of an entry's duration, in seconds.
enum EntryDuration {
    /// Longest storable duration (PostgreSQL integer).
    static let maxSeconds = Int64(Int32.max)

    static func seconds(start: Instant, end: Instant, breakSeconds: Int64, rounding: Rounding) -> Int64 {
        min(rounding.apply(max(0, wholeSeconds(from: start, to: end) - breakSeconds)), maxSeconds)
    }

    /// What a running timer shows: stops counting while paused, never rounded.
    static func live(start: Instant, pausedAt: Instant?, breakSeconds: Int64, now: Instant) -> Int64 {
        max(0, wholeSeconds(from: start, to: pausedAt ?? now) - breakSeconds)
    }

    static func wholeSeconds(from start: Instant, to end: Instant) -> Int64 {
        max(0, (end.microseconds - start.microseconds) / 1_000_000)
    }
}
