/// Decimal digits, two at a time: half the divisions, and one store for both.
enum DecimalDigits {
    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """

    /// - Parameter value: below 100.
    @inline(__always)
    static func writeTwo(_ value: UInt, to out: UnsafeMutablePointer<UInt8>) {
        let digits = UnsafeRawPointer(pairs.utf8Start).loadUnaligned(
            fromByteOffset: Int(truncatingIfNeeded: 2 &* value), as: UInt16.self)
        UnsafeMutableRawPointer(out).storeBytes(of: digits, as: UInt16.self)
    }

    @inline(__always)
    static func count(_ value: UInt) -> Int {
        var count = 1
        var limit: UInt = 10
        while value >= limit, count < 20 {
            count += 1
            limit = count < 20 ? limit &* 10 : .max
        }
        return count
    }
}
