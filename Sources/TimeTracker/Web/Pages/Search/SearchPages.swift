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
        let groups = labels.compactMap { domain, label -> [String: Any]? in
            let hits = outcome.hits.filter { $0.domain == domain }
            guard !hits.isEmpty else { return nil }
            return [
                "group": label,
                "hits": hits.map { hit in
                    [
                        "path": hit.path, "hit_title": hit.title,
                        "text": RawText(hit.description).prefix(codePoints: 200).unchecked,
                        "badge": hit.badge,
                    ]
                },
            ]
        }
        return call.page(
            "search", title: "Search", nil, try await loading,
            [
                "q": search.text, "groups": groups, "has_hits": !groups.isEmpty, "is_short": search.isTooShort,
                "count": "\(outcome.hits.count)", "is_partial": !outcome.gaps.isEmpty,
                "gaps": outcome.gaps.map { $0.reason },
            ])
    }
}
