import CKernel
import Glibc

/// The names of everything that is counted, in shared memory, so that all workers of a host, one after the other and side by
/// side, count the same thing in the same place: a worker of the next release finds what its predecessor counted.
///
/// Names are only ever added. A process that dies while it adds one leaves a gap.
public struct SeriesTable: Sendable {
    public enum Kind: UInt64, Sendable {
        /// One word that only grows.
        case counter = 1
        /// One word, a `Double`; forgotten when its worker ends.
        case gauge = 2
        /// Words as in ``TimeBuckets``.
        case histogram = 3

        var wordCount: Int { self == .histogram ? TimeBuckets.wordCount : 1 }
    }

    /// One series: `name{label="value",…}`.
    public struct Series: Sendable, Equatable {
        public let text: String
        public let kind: Kind
        /// Index of its first word in each area.
        public let word: Int
    }

    static let capacity = 2048
    /// Words of an area.
    static let wordCapacity = 32 * 1024
    private static let entrySize = 256
    private static let textOffset = 24
    /// Longest text, bytes.
    static let maxText = entrySize - textOffset
    /// Next free word, then the entries.
    private static let head = 64
    static let byteCount = head + capacity * entrySize
    /// How often a name that somebody else is writing down is looked at.
    private static let patience = 2000

    private enum State {
        static let empty: UInt64 = 0
        static let claimed: UInt64 = 1
        static let complete: UInt64 = 2
    }

    private let memory: SharedMemory
    private let offset: Int

    init(memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }

    /// The place of a series, which is made if there is none.
    /// - Returns: index of its first word in each area; nil when the table is full or the text longer than 232 bytes.
    public func register(_ text: String, _ kind: Kind) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxText, !bytes.isEmpty else { return nil }
        for index in 0..<Self.capacity {
            var state = settled(index)
            if state == State.empty {
                guard let word = claim(index, bytes, kind, &state) else {
                    if state == State.empty { return nil }
                    // Somebody was faster; perhaps with the same name.
                    if settled(index) == State.complete, let found = find(index, bytes, kind) { return found }
                    continue
                }
                return word
            }
            if state == State.complete, let found = find(index, bytes, kind) { return found }
        }
        return nil
    }

    /// Every series, in the order in which they were made.
    public var all: [Series] {
        var all: [Series] = []
        for index in 0..<Self.capacity {
            let state = settled(index)
            guard state != State.empty else { break }
            guard state == State.complete, let kind = Kind(rawValue: kernel_load(word(index, 8))) else { continue }
            let packed = kernel_load(word(index, 16))
            let text = String(decoding: self.bytes(index, count: Int(packed >> 32)), as: UTF8.self)
            all.append(Series(text: text, kind: kind, word: Int(packed & 0xFFFF_FFFF)))
        }
        return all
    }

    private func entry(_ index: Int) -> Int { offset + Self.head + index * Self.entrySize }

    private func word(_ index: Int, _ field: Int) -> UnsafeMutablePointer<UInt64> {
        memory.word(at: entry(index) + field)
    }

    private func bytes(_ index: Int, count: Int) -> UnsafeRawBufferPointer {
        let start = UnsafeRawPointer(memory.word(at: entry(index) + Self.textOffset))
        return UnsafeRawBufferPointer(start: start, count: min(count, Self.maxText))
    }

    /// The entry's state, once whoever writes it is done or has taken too long.
    private func settled(_ index: Int) -> UInt64 {
        for _ in 0..<Self.patience {
            let state = kernel_load_acquire(word(index, 0))
            guard state == State.claimed else { return state }
            sched_yield()
        }
        return State.claimed
    }

    private func find(_ index: Int, _ bytes: [UInt8], _ kind: Kind) -> Int? {
        let packed = kernel_load(word(index, 16))
        guard kernel_load(word(index, 8)) == kind.rawValue, Int(packed >> 32) == bytes.count,
            self.bytes(index, count: bytes.count).elementsEqual(bytes)
        else { return nil }
        return Int(packed & 0xFFFF_FFFF)
    }

    /// - Parameter state: what was there instead, when the result is nil; empty = there is no room for the values.
    private func claim(_ index: Int, _ bytes: [UInt8], _ kind: Kind, _ state: inout UInt64) -> Int? {
        let next = memory.word(at: offset)
        guard Int(kernel_load(next)) + kind.wordCount <= Self.wordCapacity else { return nil }
        guard kernel_exchange(word(index, 0), &state, State.claimed) else { return nil }
        let first = Int(kernel_add(next, UInt64(kind.wordCount)))
        // Others may have taken the last words meanwhile; the entry is lost then.
        guard first + kind.wordCount <= Self.wordCapacity else { return nil }
        kernel_store(word(index, 8), kind.rawValue)
        kernel_store(word(index, 16), UInt64(bytes.count) << 32 | UInt64(first))
        let start = UnsafeMutableRawPointer(memory.word(at: entry(index) + Self.textOffset))
        UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyBytes(from: bytes)
        kernel_store_release(word(index, 0), State.complete)
        return first
    }
}

/// The buckets of every histogram of times, as words: one for each bound, one for what is longer, one for the sum.
public enum TimeBuckets {
    /// Upper bounds, nanoseconds, each with its text in seconds.
    static let bounds: [(nanoseconds: UInt64, text: String)] = [
        (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"), (1_000_000, "0.001"), (2_500_000, "0.0025"),
        (5_000_000, "0.005"), (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
        (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"), (1_000_000_000, "1"), (5_000_000_000, "5"),
    ]
    /// Two cache lines.
    static let wordCount = 16
    static let overflow = 14
    static let sum = 15

    private static let limits = bounds.map(\.nanoseconds)

    static func index(_ nanoseconds: UInt64) -> Int {
        // Most times are short, so this ends soon.
        for (index, limit) in limits.enumerated() where nanoseconds <= limit { return index }
        return overflow
    }
}
