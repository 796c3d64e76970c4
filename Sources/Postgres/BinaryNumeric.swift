/// A numeric in the server's binary format: `numeric_send` in its `numeric.c`.
///
/// Four 16-bit words (digit count, weight of the first digit, sign, decimals shown), then digits of base 10,000.
struct BinaryNumeric {
    private static let negative: UInt16 = 0x4000
    private static let special: UInt16 = 0xC000

    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    /// The first digit counts 10,000 to the power of this.
    private let weight: Int
    private let sign: UInt16
    private let decimals: Int

    /// Reads `bytes` only while the caller keeps them valid.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 8 else { return nil }
        self.bytes = bytes
        count = Int(Self.word(0, of: bytes))
        guard bytes.count == 8 + 2 * count else { return nil }
        weight = Int(Int16(bitPattern: Self.word(1, of: bytes)))
        sign = Self.word(2, of: bytes)
        decimals = Int(Self.word(3, of: bytes) & 0x3FFF)
    }

    private static func word(_ index: Int, of bytes: UnsafeRawBufferPointer) -> UInt16 {
        UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
    }

    private var isFinite: Bool { sign & Self.special != Self.special }

    /// The digit that counts 10,000 to the power of `power`.
    private func digit(_ power: Int) -> Int {
        let index = weight - power
        return index >= 0 && index < count ? Int(Self.word(4 + index, of: bytes)) : 0
    }

    /// Times 100, half away from zero; nil for NaN, infinity and what Int64 can't hold.
    var hundredths: Int64? {
        guard isFinite else { return nil }
        var magnitude: Int64 = 0
        if weight >= 0 && count > 0 {
            guard weight <= 4 else { return nil }
            for power in stride(from: weight, through: 0, by: -1) {
                magnitude = magnitude * 10_000 + Int64(digit(power))
                guard magnitude <= Int64.max / 10_000 else { return power == 0 ? scaled(magnitude) : nil }
            }
        }
        return scaled(magnitude)
    }

    private func scaled(_ whole: Int64) -> Int64? {
        let fraction = Int64(digit(-1))
        let (product, overflow) = whole.multipliedReportingOverflow(by: 100)
        // Digits after the fourth decimal can't turn less than a half into a half.
        let (sum, carried) = product.addingReportingOverflow(fraction / 100 + (fraction % 100 >= 50 ? 1 : 0))
        guard !overflow, !carried else { return nil }
        return sign == Self.negative ? -sum : sum
    }

    var text: String {
        switch sign {
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: break
        }
        var text = sign == Self.negative ? "-" : ""
        text += String(digit(max(weight, 0)))
        for power in stride(from: max(weight, 0) - 1, through: 0, by: -1) { text += Self.fourDigits(digit(power)) }
        guard decimals > 0 else { return text }
        var fraction = ""
        for power in stride(from: -1, through: -((decimals + 3) / 4), by: -1) {
            fraction += Self.fourDigits(digit(power))
        }
        return text + "." + fraction.prefix(decimals)
    }

    private static func fourDigits(_ digit: Int) -> String {
        let text = String(digit)
        return String(repeating: "0", count: max(4 - text.count, 0)) + text
    }
}
