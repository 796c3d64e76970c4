import Logging

/// Notices when something holds the event loop, because every other request of the worker waits meanwhile.
final class LoopWatch: Sendable {
    private let threshold: UInt64
    private let logger: Logger

    /// - Parameter milliseconds: what is worth a line in the log; 0 = nothing is.
    init(milliseconds: Int, logger: Logger) {
        threshold = milliseconds > 0 ? UInt64(milliseconds) * 1_000_000 : .max
        self.logger = logger
    }

    /// Runs a piece of work on the loop.
    @inline(__always)
    func run(_ body: () -> Void) {
        let start = WallClock.monotonic()
        body()
        let held = WallClock.monotonic() &- start
        if held > threshold { report(held) }
    }

    private func report(_ nanoseconds: UInt64) {
        logger.warning("event loop held", metadata: ["milliseconds": "\(nanoseconds / 1_000_000)"])
    }
}
