import Postgres

/// Reads the columns of a row one after the other, so that a model is read in the order of its column list and no column has
/// a number.
struct ColumnReader {
    private let row: Row
    private var next: Int

    init(_ row: Row, from column: Int = 0) {
        self.row = row
        next = column
    }

    @inline(__always)
    private mutating func take() -> Int {
        defer { next += 1 }
        return next
    }

    @inline(__always) mutating func int() -> Int64 { row.int(take()) }
    @inline(__always) mutating func intOrNull() -> Int64? { row.intOrNull(take()) }
    @inline(__always) mutating func bool() -> Bool { row.bool(take()) }
    @inline(__always) mutating func boolOrNull() -> Bool? { row.boolOrNull(take()) }
    @inline(__always) mutating func double() -> Double { row.double(take()) }
    @inline(__always) mutating func doubleOrNull() -> Double? { row.doubleOrNull(take()) }
    @inline(__always) mutating func string() -> String { row.string(take()) }
    @inline(__always) mutating func stringOrNull() -> String? { row.stringOrNull(take()) }
    @inline(__always) mutating func textArray() -> [String] { row.textArray(take()) }
    /// Microseconds since 2000-01-01 UTC.
    @inline(__always) mutating func timestamp() -> Int64 { row.timestamp(take()) }
    @inline(__always) mutating func timestampOrNull() -> Int64? { row.timestampOrNull(take()) }
    /// Days since 2000-01-01.
    @inline(__always) mutating func date() -> Int32 { row.date(take()) }
    @inline(__always) mutating func dateOrNull() -> Int32? { row.dateOrNull(take()) }
    @inline(__always) mutating func hundredths() -> Int64 { row.hundredths(take()) }
    @inline(__always) mutating func hundredthsOrNull() -> Int64? { row.hundredthsOrNull(take()) }
}

/// What is read from the columns of its own list.
protocol ColumnReadable {
    init(_ columns: inout ColumnReader)
}

extension ColumnReadable {
    /// - Parameter offset: the first of its columns.
    init(_ row: Row, offset: Int = 0) {
        var columns = ColumnReader(row, from: offset)
        self.init(&columns)
    }
}
