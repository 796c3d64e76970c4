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
        do {
            return try await together(context)
        } catch let error where Self.isAway(error) {
            throw error
        } catch {
            // One of them failed, and with it the transaction of all: each by itself tells which.
            return try await oneByOne(context)
        }
    }

    private static func isAway(_ error: any Error) -> Bool {
        let code = (error as? PostgresError)?.code
        return code == .unavailable || code == .poolTimeout
    }

    /// One transaction, and so one round trip. Entries come last, since their terms hold to its end.
    private func together(_ context: Context) async throws -> Outcome {
        let statements = domains.flatMap {
            [$0.terms, $0.statement(text, limit: limit, for: context.principal)]
        }
        let answers = try await context.db.atomically(statements)
        var outcome = Outcome()
        for (index, domain) in domains.enumerated() { try outcome.take(answers[2 * index + 1], domain) }
        return outcome
    }

    private func oneByOne(_ context: Context) async throws -> Outcome {
        var outcome = Outcome()
        for domain in domains {
            do {
                let select = domain.statement(text, limit: limit, for: context.principal)
                guard let rows = try await context.db.atomically([domain.terms, select]).last else { continue }
                try outcome.take(rows, domain)
            } catch let error where Self.isAway(error) {
                throw error
            } catch {
                outcome.gaps.append((domain, Self.unavailable))
            }
        }
        return outcome
    }
}

extension Search.Outcome {
    fileprivate mutating func take(_ rows: Rows, _ domain: SearchDomain) throws {
        hits += try rows.filter { !$0.isNull(0) }.map { row in
            SearchHit(
                domain: domain, id: try row.scalar(0), title: try row.scalar(1), description: try row.scalar(2),
                badge: try row.scalar(3))
        }
        if domain == .entry, try rows.first?.scalar(4, as: Bool.self) == true {
            gaps.append((domain, EntrySearch.cutReason))
        }
    }
}
