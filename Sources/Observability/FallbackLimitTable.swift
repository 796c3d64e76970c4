import CKernel

/// Rate limits that all processes of a host keep together while Redis is away.
///
/// An open-addressed table of 8192 cache lines in shared memory, one line a key, each with a sliding minute and hour of
/// two buckets. Everything is compare-and-swap on single words: a process killed anywhere leaves a valid table. When a
/// key's neighbourhood is full, the line that was idle longest is taken over (its key starts afresh).
public struct FallbackLimitTable: Sendable {
    static let lineCount = 8192
    static let lineSize = 64
    static let byteCount = lineCount * lineSize
    static let minute: UInt64 = 60_000
    static let hour: UInt64 = 3_600_000
    private static let neighbourhood = 16
    private static let keyOffset = 0
    private static let minuteOffset = 8
    private static let hourOffset = 16
    private static let touchedOffset = 24

    private let memory: SharedMemory
    private let offset: Int

    init(memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }

    /// Counts one request of `key` if both windows have room for it.
    ///
    /// - Parameters:
    ///   - key: a well mixed 64-bit hash of the token.
    ///   - minuteLimit: requests per 60 s; less than 1 counts as 1 (behaviour.md §2.8), at most 1,048,575.
    ///   - hourLimit: requests per 3600 s, bounded likewise.
    ///   - now: CLOCK_MONOTONIC milliseconds, which all processes of a host share.
    public func admit(key: UInt64, minuteLimit: Int, hourLimit: Int, now: UInt64) -> FallbackLimitDecision {
        let key = key == 0 ? 1 : key
        let minuteLimit = Self.bounded(minuteLimit)
        let hourLimit = Self.bounded(hourLimit)
        while true {
            let line = findOrClaim(key, now: now)
            let owner = memory.word(at: line + Self.keyOffset)
            let minute = Cell(
                word: memory.word(at: line + Self.minuteOffset), owner: owner, key: key, length: Self.minute,
                limit: minuteLimit)
            let hour = Cell(
                word: memory.word(at: line + Self.hourOffset), owner: owner, key: key, length: Self.hour,
                limit: hourLimit)
            let isAdmitted = Self.take(minute, hour, now)
            // Taken over meanwhile: what was counted there is void.
            guard minute.isOurs else { continue }
            kernel_store(memory.word(at: line + Self.touchedOffset), now)
            return Self.decision(isAdmitted, minute, hour, now)
        }
    }

    /// Requests of `key` that count in the hour before `now` (milliseconds, as for ``admit(key:minuteLimit:hourLimit:now:)``);
    /// 0 for a key that has not been seen, or has lost its line to others since.
    public func hourCount(key: UInt64, now: UInt64) -> Int {
        let key = key == 0 ? 1 : key
        for step in 0..<Self.neighbourhood {
            let line = lineOffset(key, step)
            let owner = memory.word(at: line + Self.keyOffset)
            guard kernel_load_acquire(owner) == key else { continue }
            let hour = Cell(
                word: memory.word(at: line + Self.hourOffset), owner: owner, key: key, length: Self.hour,
                limit: TwoBucketWindow.maxCount)
            let count = hour.window(now).count(now)
            return hour.isOurs ? Int(count) : 0
        }
        return 0
    }

    private static func bounded(_ limit: Int) -> UInt64 {
        UInt64(min(max(limit, 1), Int(TwoBucketWindow.maxCount)))
    }

    private static func take(_ minute: Cell, _ hour: Cell, _ now: UInt64) -> Bool {
        guard minute.take(now) else { return false }
        guard hour.take(now) else {
            minute.giveBack(now)
            return false
        }
        return true
    }

    private static func decision(
        _ isAdmitted: Bool, _ minuteCell: Cell, _ hourCell: Cell, _ now: UInt64
    ) -> FallbackLimitDecision {
        let (minute, hour) = (minuteCell.window(now), hourCell.window(now))
        let wait = max(minute.wait(limit: minuteCell.limit, now: now), hour.wait(limit: hourCell.limit, now: now))
        return FallbackLimitDecision(
            isAdmitted: isAdmitted,
            remainingMinute: Int(minute.remaining(limit: minuteCell.limit, now: now)),
            remainingHour: Int(hour.remaining(limit: hourCell.limit, now: now)),
            resetMinuteMilliseconds: minute.reset(now: now),
            resetHourMilliseconds: hour.reset(now: now),
            waitMilliseconds: isAdmitted ? 0 : max(wait, 1))
    }

    // MARK: lines

    /// Byte offset of the key's line; an empty line, or else the longest idle one, becomes the key's.
    private func findOrClaim(_ key: UInt64, now: UInt64) -> Int {
        while true {
            var victim = 0
            var victimKey: UInt64 = 0
            var oldest = UInt64.max
            for step in 0..<Self.neighbourhood {
                let line = lineOffset(key, step)
                let found = kernel_load_acquire(memory.word(at: line + Self.keyOffset))
                if found == key { return line }
                let touched = found == 0 ? 0 : kernel_load(memory.word(at: line + Self.touchedOffset)) + 1
                if touched < oldest {
                    (victim, victimKey, oldest) = (line, found, touched)
                }
            }
            // The stamp comes first, or a neighbour could take the new line for an idle one.
            kernel_store(memory.word(at: victim + Self.touchedOffset), now)
            _ = kernel_exchange(memory.word(at: victim + Self.keyOffset), &victimKey, key)
            // Look again even when it worked: the first line in probing order is the key's only one.
        }
    }

    private func lineOffset(_ key: UInt64, _ step: Int) -> Int {
        offset + ((Int(truncatingIfNeeded: key) &+ step) & (Self.lineCount - 1)) * Self.lineSize
    }
}

extension FallbackLimitTable {
    /// One window of one line, with its limit.
    private struct Cell {
        let word: UnsafeMutablePointer<UInt64>
        /// The line's key word.
        let owner: UnsafeMutablePointer<UInt64>
        let key: UInt64
        let length: UInt64
        let limit: UInt64

        var isOurs: Bool { kernel_load_acquire(owner) == key }

        func window(_ now: UInt64) -> TwoBucketWindow { window(kernel_load_acquire(word), now) }

        private func window(_ word: UInt64, _ now: UInt64) -> TwoBucketWindow {
            // The line's place comes from the key's low bits; high ones tell neighbours apart.
            TwoBucketWindow(word: word, tag: UInt8(truncatingIfNeeded: key >> 48), length: length, now: now)
        }

        /// Counts one request, unless the limit is reached or the line was taken over.
        func take(_ now: UInt64) -> Bool {
            change(now) { window in
                guard window.remaining(limit: limit, now: now) > 0 else { return false }
                window.add()
                return true
            }
        }

        func giveBack(_ now: UInt64) {
            _ = change(now) { window in
                window.subtract()
                return true
            }
        }

        private func change(_ now: UInt64, _ body: (inout TwoBucketWindow) -> Bool) -> Bool {
            var seen = kernel_load_acquire(word)
            while true {
                var window = window(seen, now)
                // Asked after the word was read: a count that the line's next owner wrote must not be overwritten.
                guard isOurs, body(&window) else { return false }
                if kernel_exchange(word, &seen, window.word) { return true }
            }
        }
    }
}
