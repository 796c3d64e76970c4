import CPostgres

/// One row, read by column index straight from the result's memory.
///
/// The accessors without `OrNull` are for columns that can't be null: of a null they give zero or empty, and stop a debug build.
public struct Row: Sendable {
    /// Its result.
    public let rows: Rows
    let index: Int32

    /// Whether it is the first of its result.
    public var isFirst: Bool { index == 0 }

    public func isNull(_ column: Int) -> Bool {
        PQgetisnull(rows.result, index, Int32(truncatingIfNeeded: column)) != 0
    }

    /// The bytes as the server sent them, empty for a null; valid during the call only.
    public func withBytes<Result, Failure: Error>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes(column))
    }

    /// int2, int4 or int8; also oid.
    public func int(_ column: Int) -> Int64 { present(intOrNull(column), or: 0) }

    public func intOrNull(_ column: Int) -> Int64? {
        value(column) { BinaryFormat.integer($0) }
    }

    public func bool(_ column: Int) -> Bool { present(boolOrNull(column), or: false) }

    public func boolOrNull(_ column: Int) -> Bool? {
        value(column) { $0.first.map { $0 != 0 } }
    }

    /// float4 or float8.
    public func double(_ column: Int) -> Double { present(doubleOrNull(column), or: 0) }

    public func doubleOrNull(_ column: Int) -> Double? {
        value(column) { BinaryFormat.double($0) }
    }

    /// text, varchar, char, name, enums; the text of json and jsonb.
    public func string(_ column: Int) -> String { present(stringOrNull(column), or: "") }

    /// The same of a column that is known to hold text, not json.
    public func textOrNull(_ column: Int) -> String? {
        value(column) { String(decoding: $0, as: UTF8.self) }
    }

    public func stringOrNull(_ column: Int) -> String? {
        jsonBytesOrNull(column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes as the server sent them; good as long as ``rows`` is there. Nil for a null.
    @inline(__always)
    public func bytesOrNull(_ column: Int) -> UnsafeRawBufferPointer? {
        let bytes = bytes(column)
        return bytes.isEmpty && isNull(column) ? nil : bytes
    }

    /// The text of json or jsonb as UTF-8, in the same way.
    public func jsonBytesOrNull(_ column: Int) -> UnsafeRawBufferPointer? {
        bytesOrNull(column).map { bytes in
            // jsonb is a version byte and then its text.
            rows.type(column) == PostgresType.jsonb ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes
        }
    }

    public func byteArray(_ column: Int) -> [UInt8] { present(byteArrayOrNull(column), or: []) }

    public func byteArrayOrNull(_ column: Int) -> [UInt8]? {
        value(column) { [UInt8]($0) }
    }

    /// timestamptz or timestamp, microseconds since 2000-01-01 00:00 UTC.
    public func timestamp(_ column: Int) -> Int64 { int(column) }

    public func timestampOrNull(_ column: Int) -> Int64? { intOrNull(column) }

    /// Days since 2000-01-01.
    public func date(_ column: Int) -> Int32 { Int32(truncatingIfNeeded: int(column)) }

    public func dateOrNull(_ column: Int) -> Int32? { intOrNull(column).map { Int32(truncatingIfNeeded: $0) } }

    /// int2[], int4[] or int8[] of one dimension; null elements count as 0.
    public func intArray(_ column: Int) -> [Int64] { present(intArrayOrNull(column), or: []) }

    public func intArrayOrNull(_ column: Int) -> [Int64]? {
        value(column) { BinaryFormat.elements($0) { $0.flatMap { BinaryFormat.integer($0) } ?? 0 } }
    }

    /// text[] or varchar[] of one dimension; null elements count as empty.
    public func textArray(_ column: Int) -> [String] { present(textArrayOrNull(column), or: []) }

    public func textArrayOrNull(_ column: Int) -> [String]? {
        value(column) { BinaryFormat.elements($0) { $0.map { String(decoding: $0, as: UTF8.self) } ?? "" } }
    }

    func present<Value>(_ value: Value?, or zero: Value) -> Value {
        guard let value else {
            assertionFailure("null or unexpected type in a column read as \(Value.self)")
            return zero
        }
        return value
    }

    func value<Value>(_ column: Int, _ decode: (UnsafeRawBufferPointer) -> Value?) -> Value? {
        let bytes = bytes(column)
        if bytes.isEmpty && isNull(column) { return nil }
        return decode(bytes)
    }

    private func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        let column = Int32(truncatingIfNeeded: column)
        return UnsafeRawBufferPointer(
            start: PQgetvalue(rows.result, index, column), count: Int(PQgetlength(rows.result, index, column)))
    }
}
