/// Which page a client asks for.
struct PageRequest: Sendable {
    let page: Int64
    let perPage: Int

    /// Rows to skip; a page number beyond counting skips everything.
    var offset: Int64 {
        let (rows, overflow) = (page - 1).multipliedReportingOverflow(by: Int64(perPage))
        return overflow ? .max : rows
    }
}

/// The `pagination` member of a list (behaviour.md §3.7).
public struct Pagination: Sendable, Equatable {
    let page: Int64
    let perPage: Int64
    let total: Int64

    init(_ request: PageRequest, total: Int64) {
        page = request.page
        perPage = Int64(request.perPage)
        self.total = total
    }

    var pages: Int64 { (total + perPage - 1) / perPage }
    var hasNext: Bool { page < pages }
    var hasPrevious: Bool { page > 1 }
}
