/// An object whose changes are recorded as activities and told to webhooks.
protocol ChangeSubject: JSONModel {
    associatedtype Identifier: ObjectNumber

    static var entityType: EntityType { get }
    var id: Identifier { get }
    /// What activities call it.
    var entityName: String { get }
    /// Who besides administrators is told of its changes.
    var audience: Audience { get }
    var changedFigures: ChangedFigures { get }
    /// Members of the payload's `data` besides the object itself (behaviour.md §10.4).
    func writeEventData(to json: inout JSONWriter)
}

extension ChangeSubject {
    var changedFigures: ChangedFigures { .nobodys }

    func writeEventData(to json: inout JSONWriter) {}
}

/// Whose webhooks hear of a change, besides those of administrators, who hear of everything (behaviour.md §10.3).
enum Audience: Sendable {
    /// This user's.
    case owner(Int64)
    /// Those of all who may see this client.
    case client(Int64)
    case administrators
}

/// In whose name a change is made, as events tell it.
struct ChangeActor: Sendable {
    let userID: Int64
    let username: String
    let displayName: String

    init(userID: Int64, username: String, fullName: String?) {
        self.userID = userID
        self.username = username
        displayName = fullName.flatMap { $0.isEmpty ? nil : $0 } ?? username
    }

    init(_ principal: Principal) {
        self.init(userID: principal.userID, username: principal.username, fullName: principal.fullName)
    }
}

/// Where a change comes from, as activities tell it.
struct ChangeOrigin: Sendable {
    let userID: Int64
    /// Of the client; nil when none asked for it.
    var address: String?
    var userAgent: String?
}

/// Who asks for changes over the network.
protocol ChangeSource: Sendable {
    var clientAddress: String { get }
    /// Cut to a size worth keeping.
    var userAgent: String? { get }
}
