import HTTPTypes
import Postgres

/// A search over all domains that the caller may see (behaviour.md §7.1). A domain whose statement fails is left out
/// and named, and so is one that was not searched to its end; the others answer.
struct Search {
    /// Fewest characters to search for.
    static let minLength = 2
    private static let unavailable = "search temporarily unavailable"

    let text: String
    let limit: Int64
    let domains: [SearchDomain]

    static let parameters: [QueryParameter] = [
        .text("q", "What to look for: part of a name, a description, notes or tags; at least 2 characters"),
        .integer("limit", "Results of each type, 1 to 50; default 10"),
        .text("types", "Comma list of project, task, client, entry; default all"),
    ]

    /// - Throws: ``ValidationError`` for a text that isn't one.
    init(_ query: inout QueryParameters) throws {
        text = query.text("q") ?? ""
        limit = query.limit("limit", standard: 10, most: 50)
        if let types = query.text("types") {
            let wanted = Tags.split(types).map { $0.lowercased() }
            domains = SearchDomain.allCases.filter { wanted.contains($0.rawValue) }
        } else {
            domains = SearchDomain.allCases
        }
        try query.finish()
    }

    var isTooShort: Bool { text.unicodeScalars.count < Self.minLength }

    struct Outcome: Sendable {
        var hits: [SearchHit] = []
        /// Domains of which not all is there, and why.
        var gaps: [(domain: SearchDomain, reason: String)] = []
    }

    /// - Throws: ``PostgresError`` only when the database is away altogether.
    func run(_ db: PostgresClient, for principal: Principal) async throws -> Outcome {
        var outcome = Outcome()
        for domain in domains {
            do {
                let (hits, isCut) = try await hits(domain, db, principal)
                outcome.hits += hits
                if isCut { outcome.gaps.append((domain, EntrySearch.cutReason)) }
            } catch let error as PostgresError where error.code == .unavailable || error.code == .poolTimeout {
                throw error
            } catch {
                outcome.gaps.append((domain, Self.unavailable))
            }
        }
        return outcome
    }

    private func hits(_ domain: SearchDomain, _ db: PostgresClient, _ principal: Principal) async throws
        -> (hits: [SearchHit], isCut: Bool)
    {
        // A transaction of its own for each domain: one failed statement would poison the others'.
        let select = domain.statement(text, limit: limit, for: principal)
        let rows = try await db.atomically([domain.terms, select]).last.map(Array.init) ?? []
        let hits = rows.filter { !$0.isNull(0) }.map { row in
            SearchHit(
                domain: domain, id: row.int(0), title: row.string(1), description: row.string(2), badge: row.string(3))
        }
        return (hits, domain == .entry && rows.first?.bool(4) == true)
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
