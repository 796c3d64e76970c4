import Postgres

/// A Swift type in which a column's values are kept.
protocol ColumnValue: Sendable {
    /// - Returns: nil of a null, and of what the type can't be made of.
    static func read(_ row: Row, _ column: Int) -> Self?
    /// The same in place, for types that have a null themselves.
    ///
    /// - Returns: whether there was such a value.
    static func read(_ row: Row, _ column: Int, into value: inout Self) -> Bool
    /// The same, of texts without a copy: good as long as the row's result is there.
    static func borrow(_ row: Row, _ column: Int, into value: inout Self) -> Bool
    /// Whether it can be made of everything that such columns hold, so that what can't be read is a null.
    static var isTotal: Bool { get }
    /// Whether columns of this type hold such values; see `PostgresType`.
    static func isHeld(by type: UInt32) -> Bool
    /// As which it is written.
    static var sqlType: String { get }
    var parameter: PostgresValue { get }
}

extension ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int, into value: inout Self) -> Bool {
        guard let found = read(row, column) else { return false }
        value = found
        return true
    }

    @inline(__always)
    static func borrow(_ row: Row, _ column: Int, into value: inout Self) -> Bool {
        read(row, column, into: &value)
    }

    @inline(__always)
    static var isTotal: Bool { true }
}

/// A column that may be null.
extension Optional: ColumnValue where Wrapped: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Wrapped?? {
        if let value = Wrapped.read(row, column) { return .some(value) }
        return row.isNull(column) ? .some(nil) : nil
    }

    @inline(__always)
    static func read(_ row: Row, _ column: Int, into value: inout Wrapped?) -> Bool {
        value = Wrapped.read(row, column)
        return Wrapped.isTotal || value != nil || row.isNull(column)
    }

    static func isHeld(by type: UInt32) -> Bool { Wrapped.isHeld(by: type) }
    static var sqlType: String { Wrapped.sqlType }
    var parameter: PostgresValue { self?.parameter ?? .null }
}

/// Words that a column holds: an unknown one is an error, not a default.
extension ColumnValue where Self: RawRepresentable, RawValue: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Self? { RawValue.read(row, column).flatMap(Self.init) }
    static var isTotal: Bool { false }
    static func isHeld(by type: UInt32) -> Bool { RawValue.isHeld(by: type) }
    static var sqlType: String { RawValue.sqlType }
    var parameter: PostgresValue { rawValue.parameter }
}

extension ColumnValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// Without a string: lists have such a word in every row.
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Self? {
        guard let bytes = row.bytesOrNull(column) else { return nil }
        return allCases.first { word in
            var text = word.rawValue
            return text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
        }
    }
}

extension Int64: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Int64? { row.intOrNull(column) }
    static func isHeld(by type: UInt32) -> Bool {
        type == PostgresType.int8 || type == PostgresType.int4 || type == PostgresType.int2
    }
    static var sqlType: String { "bigint" }
    var parameter: PostgresValue { .int(self) }
}

extension Int: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Int? { row.intOrNull(column).map { Int($0) } }
    static func isHeld(by type: UInt32) -> Bool { Int64.isHeld(by: type) }
    static var sqlType: String { Int64.sqlType }
    var parameter: PostgresValue { .int(Int64(self)) }
}

extension ID: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> ID? { row.intOrNull(column).map { ID($0) } }
    static func isHeld(by type: UInt32) -> Bool { Int64.isHeld(by: type) }
    static var sqlType: String { Int64.sqlType }
    var parameter: PostgresValue { .int(number) }
}

extension Bool: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Bool? { row.boolOrNull(column) }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.bool }
    static var sqlType: String { "bool" }
    var parameter: PostgresValue { .bool(self) }
}

extension Double: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Double? { row.doubleOrNull(column) }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.float8 || type == PostgresType.float4 }
    static var sqlType: String { "float8" }
    var parameter: PostgresValue { .double(self) }
}

extension String: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> String? { row.textOrNull(column) }
    static func isHeld(by type: UInt32) -> Bool {
        type == PostgresType.text || type == PostgresType.varchar || type == PostgresType.char
    }
    static var sqlType: String { "text" }
    var parameter: PostgresValue { .text(self) }
}

extension RowText: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> RowText? { row.textOrNull(column).map { RowText(wrappedValue: $0) } }
    @inline(__always)
    static func borrow(_ row: Row, _ column: Int, into value: inout RowText) -> Bool {
        guard let bytes = row.bytesOrNull(column) else { return false }
        value = RowText(borrowing: bytes)
        return true
    }
    static func isHeld(by type: UInt32) -> Bool { String.isHeld(by: type) }
    static var sqlType: String { String.sqlType }
    var parameter: PostgresValue { wrappedValue.parameter }
}

extension NullableRowText: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> NullableRowText? {
        NullableRowText(wrappedValue: row.textOrNull(column))
    }
    @inline(__always)
    static func borrow(_ row: Row, _ column: Int, into value: inout NullableRowText) -> Bool {
        value.text = row.bytesOrNull(column).map { RowText(borrowing: $0) }
        return true
    }
    static func isHeld(by type: UInt32) -> Bool { String.isHeld(by: type) }
    static var sqlType: String { String.sqlType }
    var parameter: PostgresValue { wrappedValue.parameter }
}

/// Text that is compared by its bytes.
extension RawText: ColumnValue {
    static func read(_ row: Row, _ column: Int) -> RawText? { row.textOrNull(column).map { RawText($0) } }
    static func isHeld(by type: UInt32) -> Bool { String.isHeld(by: type) }
    static var sqlType: String { String.sqlType }
    var parameter: PostgresValue { .text(unchecked) }
}

extension JSONText: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> JSONText? { row.stringOrNull(column).map { JSONText($0) } }
    @inline(__always)
    static func borrow(_ row: Row, _ column: Int, into value: inout JSONText) -> Bool {
        guard let bytes = row.jsonBytesOrNull(column) else { return false }
        value = JSONText(RowText(borrowing: bytes))
        return true
    }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.jsonb || type == PostgresType.json }
    static var sqlType: String { "jsonb" }
    var parameter: PostgresValue { .json(text) }
}

/// What arrays are made of; a null among them counts as nothing.
protocol ColumnElement: ColumnValue {
    static func readArray(_ row: Row, _ column: Int) -> [Self]?
    /// Whether columns of this type hold arrays of such values.
    static func isArrayHeld(by type: UInt32) -> Bool
    static func parameter(of values: [Self]) -> PostgresValue
}

extension Array: ColumnValue where Element: ColumnElement {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> [Element]? { Element.readArray(row, column) }
    static func isHeld(by type: UInt32) -> Bool { Element.isArrayHeld(by: type) }
    static var sqlType: String { "\(Element.sqlType)[]" }
    var parameter: PostgresValue { Element.parameter(of: self) }
}

extension Set: ColumnValue where Element: ColumnElement {
    static func read(_ row: Row, _ column: Int) -> Set<Element>? { Element.readArray(row, column).map { Set($0) } }
    static func isHeld(by type: UInt32) -> Bool { Element.isArrayHeld(by: type) }
    static var sqlType: String { [Element].sqlType }
    var parameter: PostgresValue { Element.parameter(of: Array(self)) }
}

extension String: ColumnElement {
    @inline(__always)
    static func readArray(_ row: Row, _ column: Int) -> [String]? { row.textArrayOrNull(column) }
    static func isArrayHeld(by type: UInt32) -> Bool { type == PostgresType.textArray }
    static func parameter(of values: [String]) -> PostgresValue { .textArray(values) }
}

extension Int64: ColumnElement {
    static func readArray(_ row: Row, _ column: Int) -> [Int64]? { row.intArrayOrNull(column) }
    static func isArrayHeld(by type: UInt32) -> Bool { type == PostgresType.int8Array }
    static func parameter(of values: [Int64]) -> PostgresValue { .intArray(values) }
}

extension ID: ColumnElement {
    static func readArray(_ row: Row, _ column: Int) -> [ID]? { Int64.readArray(row, column)?.map { ID($0) } }
    static func isArrayHeld(by type: UInt32) -> Bool { Int64.isArrayHeld(by: type) }
    static func parameter(of values: [ID]) -> PostgresValue { .ids(values) }
}

extension Instant: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Instant? { row.timestampOrNull(column).map { Instant($0) } }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.timestamptz }
    static var sqlType: String { "timestamptz" }
    var parameter: PostgresValue { .timestamp(microseconds) }
}

extension WallTime: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> WallTime? { row.timestampOrNull(column).map { WallTime($0) } }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.timestamp }
    static var sqlType: String { "timestamp" }
    /// Sessions are in UTC, so that the cast leaves it as it is.
    var parameter: PostgresValue { .timestamp(microseconds) }
}

extension Day: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Day? { row.dateOrNull(column).map { Day($0) } }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.date }
    static var sqlType: String { "date" }
    var parameter: PostgresValue { .date(number) }
}

extension Amount: ColumnValue {
    @inline(__always)
    static func read(_ row: Row, _ column: Int) -> Amount? { row.numericOrNull(column).map { Amount($0) } }
    static var isTotal: Bool { false }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.numeric }
    static var sqlType: String { "numeric" }
    var parameter: PostgresValue { .numeric(text) }
}

extension NumericText: ColumnValue {
    static func read(_ row: Row, _ column: Int) -> NumericText? {
        row.numericTextOrNull(column).map { NumericText($0) }
    }
    static var isTotal: Bool { false }
    static func isHeld(by type: UInt32) -> Bool { type == PostgresType.numeric }
    static var sqlType: String { "numeric" }
    var parameter: PostgresValue { .numeric(text) }
}

extension PostgresValue {
    static func ids<Object>(_ ids: [ID<Object>]) -> PostgresValue { .intArray(ids.map(\.number)) }
}

extension ProjectStatus: ColumnValue {}
extension Role: ColumnValue {}
extension RoundingMethod: ColumnValue {}
extension TaskStatus: ColumnValue {}
extension TaskPriority: ColumnValue {}
