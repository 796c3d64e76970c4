/// The span of time of a report, as instants.
struct ReportSpan: RowProjection {
    var first = Instant.none
    var last = Instant.none

    /// A row of the statement.
    static let table = "bounds"
    static let alias = "b"
    static let selected = selectList()

    static func map(_ row: inout some ColumnVisitor, _ span: inout ReportSpan) {
        row.column("first", &span.first)
        row.column("last", &span.last)
    }
}
