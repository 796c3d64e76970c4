/// Random UUIDs as text (RFC 9562 §5.4), lower case.
enum UUIDText {
    static func random() -> String {
        var kernel = SystemRandomNumberGenerator()
        return version4(high: kernel.next(), low: kernel.next())
    }

    /// - Parameters:
    ///   - high: the first 64 bits; four of them are overwritten by the version.
    ///   - low: the others; two of them are overwritten by the variant.
    static func version4(high: UInt64, low: UInt64) -> String {
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
