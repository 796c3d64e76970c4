/// Request ids: a trusted proxy's own if it is short and plain, else a UUID (behaviour.md §1.4).
///
/// They tell requests apart and guard nothing, so they come from a generator that is seeded once for each worker: asking
/// the kernel for each of them costs more than routing the request.
struct RequestIDs {
    /// Longest id taken, in bytes.
    static let maxLength = 128

    /// xoshiro256++ (Blackman, Vigna 2019).
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init() {
        var kernel = SystemRandomNumberGenerator()
        state = (kernel.next() | 1, kernel.next(), kernel.next(), kernel.next())
    }

    mutating func accept(_ proposed: RawText?) -> String {
        guard let proposed, Self.isPlain(proposed) else { return UUIDText.version4(high: next(), low: next()) }
        return proposed.unchecked
    }

    private mutating func next() -> UInt64 {
        func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
        let result = rotate(state.0 &+ state.3, 23) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    /// `[A-Za-z0-9._-]` only: ids end up in headers, logs and pages.
    private static func isPlain(_ id: RawText) -> Bool {
        guard !id.isEmpty, id.byteCount <= maxLength else { return false }
        return id.bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
    }
}
