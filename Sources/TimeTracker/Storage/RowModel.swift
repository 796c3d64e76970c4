import Postgres

/// What is read from rows and written to their table by one declaration of its columns.
///
/// ```swift
/// extension Tag: RowModel {
///     static let table = "tags"
///     static let alias = "g"
///     static let selected = selectList()
///
///     @inline(__always)
///     static func map(_ row: inout some ColumnVisitor, _ tag: inout Tag) {
///         row.key("id", &tag.id)
///         row.column("name", &tag.name)
///         row.stored("created_at", &tag.createdAt)
///         row.computed("(select count(*) from tagged e where e.tag_id = g.id)", &tag.uses)
///     }
/// }
/// ```
protocol RowModel: RowProjection {}

extension RowModel {
    /// Inserts a model whose key is 0, else updates its row, and returns what the database has filled, for ``reread(_:)``.
    ///
    /// - Parameters:
    ///   - returned: what the statement returns instead: a select list over the table.
    ///   - more: further columns to write, with SQL expressions over what is bound to the statement.
    func writing(
        returning returned: String? = nil,
        with more: (inout SQL, _ isNew: Bool) -> [(column: String, value: String)] = { _, _ in [] }
    ) -> Statement {
        var model = self
        var assignments = Assignments(isNew: false)
        Self.map(&assignments, &model)
        let isNew = assignments.key == 0
        if isNew {
            assignments = Assignments(isNew: true)
            Self.map(&assignments, &model)
        }
        var sql = assignments.sql
        let columns = assignments.columns + more(&sql, isNew)
        if isNew {
            let names = columns.map(\.column).joined(separator: ", ")
            let values = columns.map(\.value).joined(separator: ", ")
            sql.add("insert into \(Self.table) as \(Self.alias) (\(names)) values (\(values))")
        } else {
            let sets = columns.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
            sql.add("update \(Self.table) \(Self.alias) set \(sets), updated_at = clock_timestamp() where ")
            sql.add("\(Self.alias).id = ", .int(assignments.key))
        }
        sql.add(" returning \(returned ?? assignments.returned.joined(separator: ", "))")
        return sql.statement
    }

    /// Takes over what the database has filled.
    ///
    /// - Throws: ``RowDecodingError``.
    mutating func reread(_ row: Row) throws(RowDecodingError) {
        var reader = StoredColumns(table: Self.table, row: row)
        Self.map(&reader, &self)
        if let error = reader.error { throw error }
    }
}

private struct Assignments: ColumnVisitor {
    let isNew: Bool
    var sql = SQL()
    var key: Int64 = 0
    var columns: [(column: String, value: String)] = []
    var returned: [String] = []

    init(isNew: Bool) {
        self.isNew = isNew
    }

    mutating func visit<Value: ColumnValue>(
        _ name: StaticString, _ role: ColumnRole, read: @autoclosure () -> String?, write: StaticString?,
        _ value: inout Value
    ) {
        switch role {
        case .key:
            if case .int(let number) = value.parameter { key = number }
            returned.append("\(name)")
        case .stored: returned.append("\(name)")
        case .fixed where isNew, .column:
            let placeholder = "\(sql.bind(value.parameter))::\(Value.sqlType)"
            columns.append(("\(name)", write.map { "\($0)(\(placeholder))" } ?? placeholder))
        case .fixed, .computed: break
        }
    }

    /// Another table's.
    mutating func model<Model: RowProjection>(_: inout Model) {}
}

/// Reads key and stored columns alone, in their order.
private struct StoredColumns: ColumnVisitor {
    let table: String
    let row: Row
    var next = 0
    var error: RowDecodingError?

    mutating func visit<Value: ColumnValue>(
        _ name: StaticString, _ role: ColumnRole, read: @autoclosure () -> String?, write: StaticString?,
        _ value: inout Value
    ) {
        guard role == .key || role == .stored else { return }
        defer { next += 1 }
        guard error == nil else { return }
        if !Value.isHeld(by: row.rows.type(next)) {
            error = RowDecodingError(table: table, column: "\(name)", reason: .type(row.rows.type(next)))
        } else if !Value.read(row, next, into: &value) {
            error = RowDecodingError(table: table, column: "\(name)", reason: row.isNull(next) ? .null : .value)
        }
    }

    mutating func model<Model: RowProjection>(_: inout Model) {}
}
