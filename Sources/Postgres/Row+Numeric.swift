extension Row {
    /// numeric × 100, exact, half away from zero; also of integer columns.
    ///
    /// Values beyond ±92,233,720,368,547,758.07 and NaN count as null.
    public func hundredths(_ column: Int) -> Int64 { present(hundredthsOrNull(column), or: 0) }

    public func hundredthsOrNull(_ column: Int) -> Int64? {
        value(column) { bytes in
            switch rows.type(column) {
            case PostgresType.numeric:
                return BinaryNumeric(bytes)?.hundredths
            case PostgresType.float4, PostgresType.float8:
                return BinaryFormat.double(bytes).flatMap {
                    Int64(exactly: ($0 * 100).rounded(.toNearestOrAwayFromZero))
                }
            default:
                guard let whole = BinaryFormat.integer(bytes) else { return nil }
                let (product, overflow) = whole.multipliedReportingOverflow(by: 100)
                return overflow ? nil : product
            }
        }
    }

    /// The same of a column that is known to hold numeric.
    public func numericOrNull(_ column: Int) -> Int64? {
        value(column) { BinaryNumeric($0)?.hundredths }
    }

    /// numeric as the server would print it, with its own number of decimals.
    public func numericText(_ column: Int) -> String { present(numericTextOrNull(column), or: "0") }

    public func numericTextOrNull(_ column: Int) -> String? {
        value(column) { BinaryNumeric($0)?.text }
    }
}
