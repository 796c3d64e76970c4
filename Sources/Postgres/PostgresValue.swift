/// One bound parameter.
///
/// Every case but `null` names its type to the server, so `$1` needs no cast: `int` is int8, `text` is text, `timestamp` is
/// timestamptz, `json` is jsonb. A null is untyped; the server infers its type from the place where it stands.
public enum PostgresValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case int4(Int32)
    case double(Double)
    case text(String)
    /// Microseconds since 2000-01-01 00:00 UTC.
    case timestamp(Int64)
    /// Days since 2000-01-01.
    case date(Int32)
    case bytes([UInt8])
    case intArray([Int64])
    case textArray([String])
    /// Decimal digits, for example `12.50`; the server refuses anything else with `.invalidInput`.
    case numeric(String)
    /// JSON text, sent as jsonb; the server refuses malformed text with `.invalidInput`.
    case json(String)

    public init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    public init(_ value: Int64?) { self = value.map { .int($0) } ?? .null }
    public init(_ value: Int?) { self = value.map { .int(Int64($0)) } ?? .null }
    public init(_ value: Int32?) { self = value.map { .int4($0) } ?? .null }
    public init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
    public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    public init(_ value: [Int64]?) { self = value.map { .intArray($0) } ?? .null }
    public init(_ value: [String]?) { self = value.map { .textArray($0) } ?? .null }

    /// Microseconds since 2000-01-01 00:00 UTC, or null.
    public init(timestamp value: Int64?) { self = value.map { .timestamp($0) } ?? .null }
    /// Days since 2000-01-01, or null.
    public init(date value: Int32?) { self = value.map { .date($0) } ?? .null }
    public init(numeric value: String?) { self = value.map { .numeric($0) } ?? .null }
    public init(json value: String?) { self = value.map { .json($0) } ?? .null }
    public init(bytes value: [UInt8]?) { self = value.map { .bytes($0) } ?? .null }
}

extension PostgresValue: ExpressibleByNilLiteral {
    public init(nilLiteral: ()) { self = .null }
}

extension PostgresValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension PostgresValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .int(value) }
}

extension PostgresValue: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension PostgresValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
}
