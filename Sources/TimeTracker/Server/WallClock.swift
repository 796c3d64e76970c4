import Glibc

/// The two clocks of the server.
public enum WallClock {
    /// Seconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
    static let epoch2000: Int64 = 946_684_800

    /// Microseconds since 2000-01-01 00:00:00 UTC, as PostgreSQL counts timestamps.
    public static func now() -> Int64 {
        let time = read(CLOCK_REALTIME)
        return (Int64(time.tv_sec) - epoch2000) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Unix seconds; the coarse clock, which is good enough for a `Date` header and costs no system call.
    static func unixSeconds() -> Int {
        read(CLOCK_REALTIME_COARSE).tv_sec
    }

    /// Nanoseconds of a clock that never steps (clock_gettime(2), CLOCK_MONOTONIC).
    static func monotonic() -> UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
