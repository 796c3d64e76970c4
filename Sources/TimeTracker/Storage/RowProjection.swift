import Postgres

/// What is read from a row of a statement: columns of its tables, and expressions over them. They are declared once: the same
/// lines name what is selected and read it. What is written to its table, too, is a ``RowModel``.
///
/// ```swift
/// struct TagUse: RowProjection {
///     var name = ""
///     var uses: Int64 = 0
///
///     static let table = "tags"
///     static let alias = "g"
///     static let selected = selectList()
///
///     static func map(_ row: inout some ColumnVisitor, _ use: inout TagUse) {
///         row.column("name", &use.name)
///         row.computed("(select count(*) from tagged e where e.tag_id = g.id)", &use.uses)
///     }
/// }
///
/// let rows = try await db.query(Statement("select \(TagUse.selected) from tags g"))
/// let uses = try ModelRows<TagUse>(rows).all()
/// ```
protocol RowProjection: Sendable {
    /// Where the columns without an expression of their own come from; what errors name, too.
    static var table: String { get }
    /// What statements call it.
    static var alias: String { get }
    /// The select list; made once by ``selectList()``.
    static var selected: String { get }
    /// Before it is read; of a model, with the defaults of something new.
    init()
    /// Names the columns, each with the property that has its value.
    static func map(_ row: inout some ColumnVisitor, _ model: inout Self)
}

extension RowProjection {
    static var alias: String { table }
}

/// What ``RowProjection/map(_:_:)`` tells its columns to. Inlined into `map`, so that a row is read in straight-line code.
protocol ColumnVisitor {
    /// - Parameters:
    ///   - name: the column's, or an SQL expression when it is computed.
    ///   - read: an SQL expression to select in place of the column.
    ///   - write: an SQL function to be applied to what is written.
    mutating func visit<Value: ColumnValue>(
        _ name: StaticString, _ role: ColumnRole, read: @autoclosure () -> String?, write: StaticString?,
        _ value: inout Value)

    /// Another one, of another table of the statement.
    mutating func model<Model: RowProjection>(_ model: inout Model)
}

/// What a column is for.
enum ColumnRole {
    /// The id.
    case key
    /// Read, and written with every change.
    case column
    /// Written when the row is made, and read.
    case fixed
    /// The database fills it; read, and read again after every change.
    case stored
    /// An expression over the statement's tables; read only.
    case computed
}

extension ColumnVisitor {
    @inline(__always)
    mutating func key<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        visit(name, .key, read: nil, write: nil, &value)
    }

    @inline(__always)
    mutating func column<Value: ColumnValue>(
        _ name: StaticString, _ value: inout Value, read: @autoclosure () -> String? = nil, write: StaticString? = nil
    ) {
        visit(name, .column, read: read(), write: write, &value)
    }

    @inline(__always)
    mutating func fixed<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        visit(name, .fixed, read: nil, write: nil, &value)
    }

    @inline(__always)
    mutating func stored<Value: ColumnValue>(_ name: StaticString, _ value: inout Value) {
        visit(name, .stored, read: nil, write: nil, &value)
    }

    @inline(__always)
    mutating func computed<Value: ColumnValue>(_ expression: @autoclosure () -> String, _ value: inout Value) {
        visit("", .computed, read: expression(), write: nil, &value)
    }
}

extension RowProjection {
    /// All columns, in the order in which they are read.
    static func selectList() -> String {
        var list = SelectList(alias: alias)
        var model = Self()
        map(&list, &model)
        return list.columns.joined(separator: ", ")
    }
}

extension RowProjection {
    /// How many columns there are: behind them another one's begin.
    static var columnCount: Int {
        var counter = ColumnCounter()
        var model = Self()
        map(&counter, &model)
        return counter.count
    }
}

private struct ColumnCounter: ColumnVisitor {
    var count = 0

    mutating func visit<Value: ColumnValue>(
        _: StaticString, _: ColumnRole, read: @autoclosure () -> String?, write: StaticString?, _: inout Value
    ) {
        count += 1
    }

    mutating func model<Model: RowProjection>(_ model: inout Model) { Model.map(&self, &model) }
}

private struct SelectList: ColumnVisitor {
    var alias: String
    var columns: [String] = []

    mutating func visit<Value: ColumnValue>(
        _ name: StaticString, _: ColumnRole, read: @autoclosure () -> String?, write: StaticString?, _: inout Value
    ) {
        columns.append(read() ?? "\(alias).\(name)")
    }

    mutating func model<Model: RowProjection>(_ model: inout Model) {
        let outer = alias
        alias = Model.alias
        Model.map(&self, &model)
        alias = outer
    }
}
