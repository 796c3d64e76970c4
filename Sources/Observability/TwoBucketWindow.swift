/// A sliding window approximated by two fixed buckets, packed into one 64-bit word so that it can be compared and swapped.
///
/// The count of the last window is the current bucket plus the part of the previous bucket that the window still covers,
/// rounded up. Layout from the top: 8 bits tag of the owner, 16 bits bucket number, 20 bits previous, 20 bits current count.
struct TwoBucketWindow: Equatable {
    /// Counts saturate here; a higher limit acts as this one.
    static let maxCount: UInt64 = 0xf_ffff

    private(set) var bucket: UInt64
    private(set) var previous: UInt64
    private(set) var current: UInt64
    let tag: UInt64
    /// Length of the window, milliseconds.
    let length: UInt64

    /// The window as `word` stands for it at time `now` (milliseconds, any origin).
    ///
    /// A word with another tag belonged to another key and counts as empty.
    init(word: UInt64, tag: UInt8, length: UInt64, now: UInt64) {
        self.tag = UInt64(tag)
        self.length = length
        self.bucket = now / length & 0xffff
        let isOurs = word >> 56 == UInt64(tag)
        let behind = (bucket &- (word >> 40)) & 0xffff
        switch (isOurs, behind) {
        case (true, 0):
            previous = word >> 20 & Self.maxCount
            current = word & Self.maxCount
        case (true, 0xffff):
            // Another process has seen a slightly later time; its bucket is the true one.
            bucket = word >> 40 & 0xffff
            previous = word >> 20 & Self.maxCount
            current = word & Self.maxCount
        case (true, 1):
            previous = word & Self.maxCount
            current = 0
        default:
            previous = 0
            current = 0
        }
    }

    var word: UInt64 { tag << 56 | bucket << 40 | previous << 20 | current }

    /// Milliseconds into the current bucket, less than `length`.
    func elapsed(_ now: UInt64) -> UInt64 {
        now / length & 0xffff == bucket ? now % length : 0
    }

    /// Requests counted in the window that ends now.
    func count(_ now: UInt64) -> UInt64 {
        current + (previous * (length - elapsed(now)) + length - 1) / length
    }

    /// Requests that may still pass, 0 ... `limit`.
    func remaining(limit: UInt64, now: UInt64) -> UInt64 {
        let count = count(now)
        return count >= limit ? 0 : limit - count
    }

    /// Counts one request.
    mutating func add() { current = min(current + 1, Self.maxCount) }

    /// Takes one request back.
    mutating func subtract() { current -= current > 0 ? 1 : 0 }

    /// Milliseconds until one more request passes, when nothing else is counted; 0 = now. `limit` from 1.
    func wait(limit: UInt64, now: UInt64) -> UInt64 {
        guard remaining(limit: limit, now: now) == 0 else { return 0 }
        let elapsed = elapsed(now)
        if current < limit {
            return Self.decay(from: previous, to: limit - 1 - current, length: length) - elapsed
        }
        return length - elapsed + Self.decay(from: current, to: limit - 1, length: length)
    }

    /// Milliseconds until quota comes back: until the weighted count falls by one; `length` for an unused window.
    func reset(now: UInt64) -> UInt64 {
        let count = count(now)
        guard count > 0 else { return length }
        let elapsed = elapsed(now)
        if previous > 0, count > current {
            return Self.decay(from: previous, to: count - current - 1, length: length) - elapsed
        }
        return length - elapsed + Self.decay(from: current, to: current - 1, length: length)
    }

    /// First millisecond of a bucket at which its predecessor's `count` weighs no more than `target`.
    private static func decay(from count: UInt64, to target: UInt64, length: UInt64) -> UInt64 {
        target >= count ? 0 : length - target * length / count
    }
}
