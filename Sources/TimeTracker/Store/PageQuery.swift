import Postgres

/// A page of rows and the total behind it in one round trip.
///
/// The statement always returns at least one row, so the total is known for a page beyond the end too. Column 0 is the
/// total, column 1 the row's id (null when the page is empty), then whatever the page selects.
struct PageQuery {
    /// A scalar expression or parenthesised subquery.
    var total: String
    /// `select <id>, … from … where …` without order and limit.
    var page: String
    /// Sort keys over the page's output or tables; deterministic, so the id comes last.
    var order: String

    /// - Parameters:
    ///   - sql: carries the values already bound by `total` and `page`.
    ///   - alias: what the page is called in `columns` and `joins`.
    ///   - columns: what to select of the page and its joins; the id first.
    ///   - joins: joins that only the rows of the page need.
    func statement(
        _ sql: SQL, _ pagination: PageRequest, columns: String = "page.*", alias: String = "page", joins: String = ""
    ) -> Statement {
        var sql = sql
        let limit = sql.bind(.int(Int64(pagination.perPage)))
        let offset = sql.bind(.int(pagination.offset))
        let outerOrder = joins.isEmpty ? "" : " order by \(order)"
        sql.add(
            """
            with \(alias) as (\(page) order by \(order) limit \(limit) offset \(offset))
            select \(total)::bigint, \(columns) from (select 1) one left join \(alias) on true \(joins)\(outerOrder)
            """)
        return sql.statement
    }

    /// Splits the rows of such a statement.
    static func read<Model>(
        _ rows: Rows, _ pagination: PageRequest, _ decode: @escaping (Row) -> Model
    ) -> (models: some Sequence<Model>, pagination: Pagination) {
        let isEmpty = rows.first?.isNull(1) ?? true
        // Lazy: a list is written row by row and never needs all its models at once.
        let models = rows.prefix(isEmpty ? 0 : rows.count).lazy.map(decode)
        return (models, Pagination(pagination, total: rows.first?.int(0) ?? 0))
    }
}
