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

    var isTooShort: Bool { text.unicodeScalars.count < Self.minLength }

    struct Outcome: Sendable {
        var hits: [SearchHit] = []
        /// Domains of which not all is there, and why.
        var gaps: [(domain: SearchDomain, reason: String)] = []
    }

    /// - Throws: ``PostgresError`` only when the database is away altogether.
    func run(_ context: Context) async throws -> Outcome {
        var outcome = Outcome()
        for domain in domains {
            do {
                let (hits, isCut) = try await hits(domain, context)
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

    private func hits(_ domain: SearchDomain, _ context: Context) async throws
        -> (hits: [SearchHit], isCut: Bool)
    {
        // A transaction of its own for each domain: one failed statement would poison the others'.
        let select = domain.statement(text, limit: limit, for: context.principal)
        let rows = try await context.db.atomically([domain.terms, select]).last.map(Array.init) ?? []
        let hits = rows.filter { !$0.isNull(0) }.map { row in
            SearchHit(
                domain: domain, id: row.int(0), title: row.string(1), description: row.string(2), badge: row.string(3))
        }
        return (hits, domain == .entry && rows.first?.bool(4) == true)
    }
}
