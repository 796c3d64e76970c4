import CKernel

/// The two clocks of the server.
public enum WallClock {
    /// Seconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
    static let epoch2000: Int64 = 946_684_800

    /// Microseconds since 2000-01-01 00:00:00 UTC, as PostgreSQL counts timestamps.
    public static func now() -> Int64 {
        Int64(kernel_realtime_ns() / 1000) - epoch2000 * 1_000_000
    }

    /// Unix milliseconds, a few of them late: for the log.
    static func coarseMilliseconds() -> Int { Int(kernel_realtime_coarse_ms()) }

    /// Unix seconds.
    static func unixSeconds() -> Int {
        Int(kernel_realtime_ns() / 1_000_000_000)
    }

    /// Nanoseconds of a clock that never steps (clock_gettime(2), CLOCK_MONOTONIC).
    static func monotonic() -> UInt64 { kernel_monotonic_ns() }
}
