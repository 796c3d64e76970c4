// What a request asks for, and what it gets.
extension Search {
    static let parameters: [QueryParameter] = [
        .text("q", "What to look for: part of a name, a description, notes or tags; at least 2 characters"),
        .integer("limit", "Results of each type, 1 to 50; default 10"),
        .text("types", "Comma list of project, task, client, entry; default all"),
    ]

    /// - Throws: ``ValidationError`` for a text that isn't one.
    init(_ query: inout QueryParameters) throws {
        let text = query.text("q") ?? ""
        let limit = query.limit("limit", standard: 10, most: 50)
        let domains: [SearchDomain]
        if let types = query.text("types") {
            let wanted = Tags.split(types).map { $0.lowercased() }
            domains = SearchDomain.allCases.filter { wanted.contains($0.rawValue) }
        } else {
            domains = SearchDomain.allCases
        }
        try query.finish()
        self.init(text: text, limit: limit, domains: domains)
    }

    func reply(_ outcome: Outcome) -> Reply {
        .json(capacity: 4096) { json in
            json.beginObject()
            json.key("results")
            json.beginArray()
            for hit in outcome.hits { hit.write(to: &json) }
            json.endArray()
            json.key("query")
            json.value(text)
            json.key("count")
            json.value(outcome.hits.count)
            json.key("partial")
            json.value(!outcome.gaps.isEmpty)
            json.key("errors")
            json.beginObject()
            for gap in outcome.gaps {
                json.key(gap.domain.plural)
                json.value(gap.reason)
            }
            json.endObject()
            json.endObject()
        }
    }

    static let schema = Schema.object(
        name: "SearchResults",
        properties: [
            ("results", .array(of: SearchHit.schema)), ("query", .string(description: "The text, trimmed")),
            ("count", .integer(description: "How many results there are")),
            (
                "partial",
                .boolean(
                    description: "Whether a type could not be searched, or entries only in part; errors says which")
            ),
            ("errors", .object(description: "Type to reason, for those")),
        ], required: ["results", "query", "count", "partial", "errors"])
}
