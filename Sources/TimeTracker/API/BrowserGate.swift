import HTTPTypes

/// The way of a browser's request to its handler, which pages have to themselves.
protocol BrowserGate: Sendable {
    /// - Throws: ``APIError`` for whoever may not call the route.
    func admit(_ route: Route, _ exchange: Exchange, pathIDs: [Int64]) async throws -> Reply
    /// A refusal as a page.
    func page(of refusal: Reply, _ exchange: Exchange) -> Reply
}

extension Exchange {
    /// Whether the caller is a script: refusals are then JSON instead of pages and redirects.
    var wantsJSON: Bool {
        if path.hasPrefix("/api/") || method == .delete || headers.contains(name: CSRFToken.headerName) { return true }
        if MediaType.isJSON(headers.first(name: "content-type")) { return true }
        guard let accept = headers.first(name: "accept") else { return false }
        return accept.contains("application/json") && !accept.contains("text/html")
    }
}
