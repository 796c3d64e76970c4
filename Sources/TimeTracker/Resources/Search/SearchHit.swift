import Postgres

/// One result of a search (behaviour.md §7.1).
struct SearchHit: Sendable {
    let domain: SearchDomain
    let id: Int64
    let title: String
    let description: String
    let badge: String

    /// Of the object's page.
    var path: String { "\(domain.page)/\(id)" }
}

extension SearchHit: JSONModel {
    static let schemaName = "SearchResult"

    static func describe(_ object: inout some MemberVisitor<SearchHit>) {
        object.string("type", values: SearchDomain.allCases.map(\.rawValue)) { $0.domain.rawValue }
        object.string("category", "Same as type") { $0.domain.rawValue }
        object.integer("id") { $0.id }
        object.string("title") { $0.title }
        object.string("description") { $0.description }
        object.string("url", "Path of the object's page") { $0.path }
        object.string("badge") { $0.badge }
    }
}
