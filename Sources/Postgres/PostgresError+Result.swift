import CPostgres

extension PostgresError {
    /// Reads the error fields of a failed result.
    init(result: OpaquePointer) {
        let state = Self.field(postgres_field_sqlstate, of: result)
        let primary = Self.field(postgres_field_message, of: result) ?? "no message"
        let constraint = Self.field(postgres_field_constraint, of: result)
        let column = state == "23502" ? Self.field(postgres_field_column, of: result) : nil
        self.init(
            state.map { Code(sqlState: $0) } ?? .other,
            sqlState: state,
            constraint: constraint ?? column,
            message: state?.hasPrefix("22") == true ? Self.withoutQuotedValues(primary) : primary
        )
    }

    private static func field(_ name: Int, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(truncatingIfNeeded: name)).map { String(cString: $0) }
    }

    /// Messages of class 22 quote the value that did not fit.
    static func withoutQuotedValues(_ message: String) -> String {
        // By bytes: the value is the client's, and comparing its characters may take long.
        let quote = UInt8(ascii: "\"")
        guard let first = message.utf8.firstIndex(of: quote), let last = message.utf8.lastIndex(of: quote), first < last
        else { return message }
        return message[...first] + "…" + message[last...]
    }

    /// The last message of a connection, on one line.
    static func connectionMessage(_ connection: OpaquePointer) -> String {
        guard let text = PQerrorMessage(connection) else { return "no message" }
        let lines = String(cString: text).split(whereSeparator: \.isNewline)
        return lines.isEmpty ? "connection closed" : lines.joined(separator: "; ")
    }
}
