/// Object identifiers of built-in types: `pg_type.dat` of the server, fixed for ever.
public enum PostgresType {
    public static let unknown: UInt32 = 0
    public static let bool: UInt32 = 16
    public static let bytea: UInt32 = 17
    public static let int8: UInt32 = 20
    public static let int2: UInt32 = 21
    public static let int4: UInt32 = 23
    public static let text: UInt32 = 25
    public static let json: UInt32 = 114
    public static let float4: UInt32 = 700
    public static let float8: UInt32 = 701
    public static let char: UInt32 = 1042
    public static let varchar: UInt32 = 1043
    public static let textArray: UInt32 = 1009
    public static let int8Array: UInt32 = 1016
    public static let date: UInt32 = 1082
    public static let timestamp: UInt32 = 1114
    public static let timestamptz: UInt32 = 1184
    public static let numeric: UInt32 = 1700
    public static let jsonb: UInt32 = 3802
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
