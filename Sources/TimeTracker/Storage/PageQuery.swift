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
    /// Rows to skip as an SQL expression, for a page that has skipped some by itself; nil = what the request says.
    var offset: String?
    /// What else the statement begins with: `name as (…), `.
    var prelude = ""

    /// - Parameters:
    ///   - sql: carries the values already bound by `total` and `page`.
    ///   - alias: what the page is called in `columns` and `joins`.
    ///   - columns: what to select of the page and its joins; the id first.
    ///   - joins: joins that only the rows of the page need.
    func statement(
        _ sql: SQL, _ pagination: PageRequest, columns: String = "page.*", alias: String = "page", joins: String = ""
    ) -> Statement {
        var sql = sql
        // The limit is part of the text, so that a plan made for all values knows how few rows are joined afterwards.
        let rest = offset ?? (pagination.offset > 0 ? sql.bind(.int(pagination.offset)) : nil)
        let offset = rest.map { " offset \($0)" } ?? ""
        let outerOrder = joins.isEmpty ? "" : " order by \(order)"
        sql.add(
            """
            with \(prelude)\(alias) as (\(page) order by \(order) limit \(pagination.perPage)\(offset))
            select \(total)::bigint, \(columns) from (select 1) one left join \(alias) on true \(joins)\(outerOrder)
            """)
        return sql.statement
    }
}
