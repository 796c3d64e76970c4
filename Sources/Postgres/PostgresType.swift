/// Object identifiers of built-in types: `pg_type.dat` of the server, fixed for ever.
enum PostgresType {
    static let unknown: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let date: UInt32 = 1082
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let jsonb: UInt32 = 3802
}

extension PostgresValue {
    /// The type the server is told, `unknown` for a null.
    var type: UInt32 {
        switch self {
        case .null: PostgresType.unknown
        case .bool: PostgresType.bool
        case .int: PostgresType.int8
        case .int4: PostgresType.int4
        case .double: PostgresType.float8
        case .text: PostgresType.text
        case .timestamp: PostgresType.timestamptz
        case .date: PostgresType.date
        case .bytes: PostgresType.bytea
        case .intArray: PostgresType.int8Array
        case .textArray: PostgresType.textArray
        case .numeric: PostgresType.numeric
        case .json: PostgresType.jsonb
        }
    }
}
