import Postgres

/// Inserts or updates one row and records what was done, in one statement.
struct RowWriter {
    /// One of our own tables; `name`, `created_by` (on insert) and `updated_at` are columns of it.
    let table: String
    /// Column, value, type.
    let columns: [(String, PostgresValue, String)]
    /// 0 = insert.
    let id: Int64

    /// - Parameters:
    ///   - name: SQL expression over `row` for what activities call the row.
    ///   - returning: columns of the row to return.
    func statement(_ activities: [Activity], name: String, returning: String, _ call: Call) -> Statement {
        var sql = SQL("with row as (")
        if id == 0 {
            let values = columns.map { "\(sql.bind($0.1))::\($0.2)" }.joined(separator: ", ")
            let names = columns.map(\.0).joined(separator: ", ")
            let creator = sql.bind(.int(call.principal.userID))
            sql.add("insert into \(table) (\(names), created_by) values (\(values), \(creator)) returning *)")
        } else {
            let sets = columns.map { "\($0.0) = \(sql.bind($0.1))::\($0.2)" }.joined(separator: ", ")
            sql.add(
                "update \(table) set \(sets), updated_at = clock_timestamp() where id = ", .int(id), " returning *)")
        }
        sql.add(", " + Activity.cte(activities, from: "row", name: name, call: call, in: &sql))
        sql.add(" select \(returning) from row")
        return sql.statement
    }
}

extension PostgresValue {
    /// An exact amount in hundredths as `numeric`.
    static func hundredths(_ amount: Int64?) -> PostgresValue {
        amount.map { .numeric(Money.format($0)) } ?? .null
    }
}
