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
            let bytes = UnsafeMutableRawBufferPointer(out)
            let (first, second) = (hex(high >> 32), hex(high))
            let (third, fourth) = (hex(low >> 32), hex(low))
            bytes.storeBytes(of: first, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 9, as: UInt32.self)
            bytes.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32), toByteOffset: 14, as: UInt32.self)
            bytes.storeBytes(of: UInt32(truncatingIfNeeded: third), toByteOffset: 19, as: UInt32.self)
            bytes.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32), toByteOffset: 24, as: UInt32.self)
            bytes.storeBytes(of: fourth, toByteOffset: 28, as: UInt64.self)
            (out[8], out[13], out[18], out[23]) = (0x2D, 0x2D, 0x2D, 0x2D)
            return 36
        }
    }

    /// The low 32 bits as eight hexadecimal digits, the first one in the lowest byte: all at once, since every request has an
    /// id.
    private static func hex(_ word: UInt64) -> UInt64 {
        var digits = word & 0xFFFF_FFFF
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 in each byte that holds 10 to 15, whose letters begin 0x27 behind the digit 9.
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).byteSwapped
    }
}
