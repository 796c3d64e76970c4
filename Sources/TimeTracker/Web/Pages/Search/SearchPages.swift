import HTTPTypes

/// `/search`: what the API's search finds, as a page.
enum SearchPages {
    static let routes = [
        Route(.get, path: "/search", summary: "Search", access: .page(.user), response: .string(), handler: show)
    ]

    private static let labels: [(domain: SearchDomain, label: String)] = [
        (.project, "Projects"), (.task, "Tasks"), (.client, "Clients"), (.entry, "Entries"),
    ]

    @Sendable private static func show(_ call: Call) async throws -> Reply {
        async let loading = Frame.load(call)
        var query = call.query
        let search = try Search(&query)
        let outcome = search.isTooShort ? Search.Outcome() : try await search.run(call.context)
        return call.page(
            "search", title: "Search", nil, try await loading,
            [
                "q": search.text, "groups_html": groups(outcome.hits),
                "has_hits": !outcome.hits.isEmpty, "is_short": search.isTooShort,
                "count": "\(outcome.hits.count)", "is_partial": !outcome.gaps.isEmpty,
                "gaps": outcome.gaps.map { $0.reason },
            ])
    }

    private static func groups(_ hits: [SearchHit]) -> HTML {
        var html = HTMLWriter(capacity: 16 * 1024)
        for (domain, label) in labels {
            let found = hits.filter { $0.domain == domain }
            guard !found.isEmpty else { continue }
            html.literal("<section class=\"card day\"><h2>")
            html.text(label)
            html.literal("</h2><ul class=\"rows\">")
            for hit in found {
                html.literal("<li class=\"entry hit\"><div class=\"main\"><a href=\"")
                html.text(hit.path)
                html.literal("\">")
                html.text(hit.title)
                html.literal("</a><div class=\"place\">")
                html.text(RawText(hit.description).prefix(codePoints: 200).unchecked)
                html.literal("</div></div><span class=\"chip\">")
                html.text(hit.badge)
                html.literal("</span></li>")
            }
            html.literal("</ul></section>\n")
        }
        return html.finish()
    }
}
