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

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("page")
        json.value(page)
        json.key("per_page")
        json.value(perPage)
        json.key("total")
        json.value(total)
        json.key("pages")
        json.value(pages)
        json.key("has_next")
        json.value(hasNext)
        json.key("has_prev")
        json.value(hasPrevious)
        json.key("next_page")
        if hasNext { json.value(page + 1) } else { json.null() }
        json.key("prev_page")
        if hasPrevious { json.value(page - 1) } else { json.null() }
        json.endObject()
    }

    static let schema = Schema.object(
        name: "Pagination",
        properties: [
            ("page", .integer()), ("per_page", .integer()), ("total", .integer()), ("pages", .integer()),
            ("has_next", .boolean()), ("has_prev", .boolean()), ("next_page", .integer(nullable: true)),
            ("prev_page", .integer(nullable: true)),
        ], required: ["page", "per_page", "total", "pages", "has_next", "has_prev", "next_page", "prev_page"])
}
