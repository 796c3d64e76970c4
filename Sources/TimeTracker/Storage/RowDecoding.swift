import Postgres

/// A row that isn't what is expected of it: the schema and the program don't fit. The request fails with 500.
struct RowDecodingError: Error, CustomStringConvertible {
    enum Reason {
        case null
        /// The server's type is another one.
        case type(UInt32)
        /// The type is right, and the value is none of the property's.
        case value
    }

    let table: String
    /// Its name, or the expression that was selected.
    let column: String
    let reason: Reason

    var description: String {
        let place = "column \(column) of \(table)"
        return switch reason {
        case .null: "unexpected null in \(place)"
        case .type(let type): "unexpected type \(type) of \(place)"
        case .value: "unexpected value in \(place)"
        }
    }
}

extension RowProjection {
    /// Types are compared in the first row of a result, since those of all rows are the same; nulls and values in every row.
    ///
    /// - Parameter column: the first of the model's.
    /// - Throws: ``RowDecodingError``.
    @inline(__always)
    init(_ row: Row, from column: Int = 0) throws(RowDecodingError) {
        if row.isFirst { try Self.check(row.rows, from: column) }
        self.init()
        var decoder = RowDecoder(row: row, next: column)
        Self.map(&decoder, &self)
        if decoder.failed >= 0 { throw Self.failure(row, from: column, at: decoder.failed) }
    }

    /// The same, with texts that stay where they are: it must not outlive the row's result.
    ///
    /// - Throws: ``RowDecodingError``.
    @inline(__always)
    init(borrowing row: Row, from column: Int) throws(RowDecodingError) {
        if row.isFirst { try Self.check(row.rows, from: column) }
        self.init()
        var decoder = BorrowingRowDecoder(row: row, next: column)
        Self.map(&decoder, &self)
        if decoder.failed >= 0 { throw Self.failure(row, from: column, at: decoder.failed) }
    }

    /// Compares the types of the result's columns with those of the model, whether or not there are rows.
    ///
    /// - Throws: ``RowDecodingError``.
    @inline(never)
    static func check(_ rows: Rows, from column: Int = 0) throws(RowDecodingError) {
        var check = TypeCheck(rows: rows, next: column)
        var model = Self()
        map(&check, &model)
        guard check.failed >= 0 else { return }
        throw RowDecodingError(
            table: table, column: name(of: check.failed - column), reason: .type(rows.type(check.failed)))
    }

    @inline(never)
    private static func failure(_ row: Row, from column: Int, at failed: Int) -> RowDecodingError {
        RowDecodingError(table: table, column: name(of: failed - column), reason: row.isNull(failed) ? .null : .value)
    }

    private static func name(of index: Int) -> String {
        var names = ColumnNames()
        var model = Self()
        map(&names, &model)
        return names.list[index]
    }
}

extension Row {
    /// A column that stands alone, such as a count, or a flag beside a model.
    ///
    /// - Throws: ``RowDecodingError``.
    func scalar<Value: ColumnValue>(_ column: Int = 0, as _: Value.Type = Value.self) throws(RowDecodingError) -> Value
    {
        func error(_ reason: RowDecodingError.Reason) -> RowDecodingError {
            RowDecodingError(table: "a statement", column: rows.columnName(column), reason: reason)
        }
        guard Value.isHeld(by: rows.type(column)) else { throw error(.type(rows.type(column))) }
        guard let value = Value.read(self, column) else { throw error(isNull(column) ? .null : .value) }
        return value
    }
}

/// Reads one column after the other. The first one that can't be read is remembered and told at the end, which keeps the
/// usual way free of branches.
private struct RowDecoder: ColumnVisitor {
    let row: Row
    var next: Int
    var failed = -1

    @inline(__always)
    mutating func visit<Value: ColumnValue>(
        _: StaticString, _: ColumnRole, read: @autoclosure () -> String?, write: StaticString?, _ value: inout Value
    ) {
        if !Value.read(row, next, into: &value), failed < 0 { failed = next }
        next += 1
    }

    @inline(__always)
    mutating func model<Model: RowProjection>(_ model: inout Model) { Model.map(&self, &model) }
}

/// The same, borrowing texts.
private struct BorrowingRowDecoder: ColumnVisitor {
    let row: Row
    var next: Int
    var failed = -1

    @inline(__always)
    mutating func visit<Value: ColumnValue>(
        _: StaticString, _: ColumnRole, read: @autoclosure () -> String?, write: StaticString?, _ value: inout Value
    ) {
        if !Value.borrow(row, next, into: &value), failed < 0 { failed = next }
        next += 1
    }

    @inline(__always)
    mutating func model<Model: RowProjection>(_ model: inout Model) { Model.map(&self, &model) }
}

private struct TypeCheck: ColumnVisitor {
    let rows: Rows
    var next: Int
    var failed = -1

    @inline(__always)
    mutating func visit<Value: ColumnValue>(
        _: StaticString, _: ColumnRole, read: @autoclosure () -> String?, write: StaticString?, _: inout Value
    ) {
        if failed < 0, !Value.isHeld(by: rows.type(next)) { failed = next }
        next += 1
    }

    @inline(__always)
    mutating func model<Model: RowProjection>(_ model: inout Model) { Model.map(&self, &model) }
}

private struct ColumnNames: ColumnVisitor {
    var list: [String] = []

    mutating func visit<Value: ColumnValue>(
        _ name: StaticString, _ role: ColumnRole, read: @autoclosure () -> String?, write: StaticString?,
        _: inout Value
    ) {
        list.append(role == .computed ? read() ?? "" : "\(name)")
    }

    mutating func model<Model: RowProjection>(_ model: inout Model) { Model.map(&self, &model) }
}

/// Models read from rows, one at a time: a list is written row by row and never needs all of them at once.
struct ModelRows<Model: RowProjection>: Sendable {
    /// Nil when there is none.
    private let rows: Rows?
    private let column: Int

    /// - Parameter column: the first of the model's.
    init(_ rows: Rows, from column: Int = 0) {
        self.rows = rows
        self.column = column
    }

    /// Of a statement that joins them to a row that is there without any of them, too: their columns are null then.
    ///
    /// - Parameter column: the first of the model's, which is never null in one.
    init(joined rows: Rows, from column: Int) {
        self.rows = rows.first?.isNull(column) == false ? rows : nil
        self.column = column
    }

    var indices: Range<Int> { 0..<(rows?.count ?? 0) }

    /// A call of its own: together with what is done with a model it was too much for the compiler, which then copied the
    /// model's texts again and again.
    ///
    /// - Throws: ``RowDecodingError``.
    subscript(index: Int) -> Model {
        @inline(never)
        get throws {
            guard let rows else { preconditionFailure("there are no rows") }
            return try Model(rows[index], from: column)
        }
    }

    /// A model whose texts stay in the rows' memory: it has to be gone before these rows are, and is for whoever writes it
    /// somewhere at once.
    ///
    /// - Throws: ``RowDecodingError``.
    @inline(never)
    func borrowed(at index: Int) throws -> Model {
        guard let rows else { preconditionFailure("there are no rows") }
        return try Model(borrowing: rows[index], from: column)
    }

    /// - Throws: ``RowDecodingError``.
    func all() throws -> [Model] {
        var models: [Model] = []
        models.reserveCapacity(indices.count)
        for index in indices { models.append(try self[index]) }
        return models
    }
}

extension PageQuery {
    /// Splits the rows of such a statement; a model begins at column 1.
    static func read<Model>(_ rows: Rows, _ pagination: PageRequest, as _: Model.Type = Model.self)
        -> (models: ModelRows<Model>, pagination: Pagination)
    {
        (ModelRows(joined: rows, from: 1), Pagination(pagination, total: rows.first?.int(0) ?? 0))
    }
}
