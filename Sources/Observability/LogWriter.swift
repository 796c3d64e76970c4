import CKernel
import Glibc
import Synchronization

/// Collects log lines and writes them in batches of whole lines, so that lines of several processes never mix.
///
/// A batch is written when it is large, when it is due (the owner calls ``flushIfDue(now:)``), at once after a warning or
/// worse, and at the end. What a killed process had not written is lost: at most the lines of the last 100 ms.
public final class LogWriter: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        /// Monotonic nanoseconds of the oldest line.
        var since: UInt64 = 0
    }

    private static let batchBytes = 16 * 1024
    private static let maxAge: UInt64 = 100_000_000

    private let descriptor: Int32
    private let isBuffered: Bool
    private let state = Mutex(State())

    /// - Parameter isBuffered: false writes each line at once, for a terminal.
    public init(descriptor: Int32 = STDERR_FILENO, isBuffered: Bool) {
        self.descriptor = descriptor
        self.isBuffered = isBuffered
    }

    /// Adds one line, which `append` writes without its end.
    public func line(isUrgent: Bool = false, _ append: (inout [UInt8]) -> Void) {
        state.withLock { state in
            if state.buffer.isEmpty { state.since = Self.now() }
            append(&state.buffer)
            state.buffer.append(UInt8(ascii: "\n"))
            if isUrgent || !isBuffered || state.buffer.count >= Self.batchBytes { write(&state.buffer) }
        }
    }

    public func flushIfDue() {
        state.withLock { state in
            if !state.buffer.isEmpty, Self.now() &- state.since >= Self.maxAge { write(&state.buffer) }
        }
    }

    public func flush() {
        state.withLock { write(&$0.buffer) }
    }

    private func write(_ buffer: inout [UInt8]) {
        var start = 0
        while start < buffer.count {
            let count = buffer[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // Nobody reads the log any more; dropping it beats blocking requests.
            if count <= 0 { break }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
