/// Request ids: a trusted proxy's own if it is short and plain, else random (contract 00 §1).
enum RequestID {
    /// Longest id taken, in bytes.
    static let maxLength = 128

    static func accept(_ proposed: RawText?) -> String {
        guard let proposed, isPlain(proposed) else { return generate() }
        return proposed.unchecked
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

    /// A random UUID (RFC 9562 §5.4), lower case.
    static func generate() -> String {
        var generator = SystemRandomNumberGenerator()
        return generate(high: generator.next(), low: generator.next())
    }

    static func generate(high: UInt64, low: UInt64) -> String {
        let high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { out in
            var index = 0
            for position in 0..<32 {
                if position == 8 || position == 12 || position == 16 || position == 20 {
                    out[index] = 0x2D
                    index += 1
                }
                let word = position < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (position & 15))) & 0xF
                out[index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
                index += 1
            }
            return index
        }
    }
}
