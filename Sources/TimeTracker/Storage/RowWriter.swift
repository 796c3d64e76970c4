import Postgres

/// Inserts or updates one row.
struct RowWriter {
    /// One of our own tables; `created_by` (written on insert) and `updated_at` are columns of it.
    let table: String
    /// Column, value, type.
    let columns: [(String, PostgresValue, String)]
    /// 0 = insert.
    let id: Int64

    /// - Parameters:
    ///   - returning: columns of the row to return.
    ///   - creator: the user who writes it.
    func statement(returning: String, creator: Int64) -> Statement {
        var sql = SQL()
        if id == 0 {
            let values = columns.map { "\(sql.bind($0.1))::\($0.2)" }.joined(separator: ", ")
            let names = columns.map(\.0).joined(separator: ", ")
            let creator = sql.bind(.int(creator))
            sql.add("insert into \(table) (\(names), created_by) values (\(values), \(creator)) returning \(returning)")
        } else {
            let sets = columns.map { "\($0.0) = \(sql.bind($0.1))::\($0.2)" }.joined(separator: ", ")
            sql.add(
                "update \(table) set \(sets), updated_at = clock_timestamp() where id = ", .int(id),
                " returning \(returning)")
        }
        return sql.statement
    }
}

extension PostgresValue {
    /// An exact amount in hundredths as `numeric`.
    static func hundredths(_ amount: Int64?) -> PostgresValue {
        amount.map { .numeric(Money.format($0)) } ?? .null
    }
}
