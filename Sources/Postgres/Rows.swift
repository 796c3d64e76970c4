import CPostgres

/// The rows of one result, in the server's binary format; owns the memory they are read from.
public final class Rows: Sendable, RandomAccessCollection {
    // A finished PGresult is never written again, so any thread may read it; freed with the object.
    nonisolated(unsafe) let result: OpaquePointer
    public let count: Int

    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public var isEmpty: Bool { count == 0 }

    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "row \(position) of \(count)")
        return Row(rows: self, index: Int32(truncatingIfNeeded: position))
    }

    /// Rows that an insert, update or delete touched; for a select, the rows returned.
    public var affected: Int {
        guard let digits = PQcmdTuples(result) else { return 0 }
        var number = 0
        var position = digits
        while position.pointee != 0 {
            number = number &* 10 &+ Int(position.pointee - 48)
            position += 1
        }
        return number
    }

    public var columnCount: Int { Int(PQnfields(result)) }

    /// What the server says that a column holds, see `PostgresType`; 0 for a column that isn't there.
    public func type(_ column: Int) -> UInt32 { PQftype(result, Int32(truncatingIfNeeded: column)) }

    /// The name the server gave a column.
    public func columnName(_ column: Int) -> String {
        PQfname(result, Int32(truncatingIfNeeded: column)).map { String(cString: $0) } ?? ""
    }
}
