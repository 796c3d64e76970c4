/// What a list answers a query with: what was found, or what is wrong with the query.
enum Findings<Value> {
    case found(Value)
    case refused(FormProblems)

    /// - Throws: what is no refusal of the query.
    static func of(_ find: () async throws -> Value) async throws -> Self {
        do {
            return .found(try await find())
        } catch {
            guard let problems = FormProblems(error) else { throw error }
            return .refused(problems)
        }
    }

    var problems: FormProblems? { if case .refused(let problems) = self { problems } else { nil } }
    var value: Value? { if case .found(let value) = self { value } else { nil } }
}

extension Call {
    /// Whether the query narrows the list, by more than its pages.
    var isFiltered: Bool {
        exchange.rawQuery.split(separator: "&").contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[1].isEmpty && !["page", "per_page"].contains(parts[0])
        }
    }
}
