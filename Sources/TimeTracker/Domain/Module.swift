/// A part of the product that an installation can switch off (behaviour.md §2.7).
public enum Module: String, Sendable, CaseIterable {
    case clients, quotes, inventory, reports

    /// The module this one can't work without.
    var dependency: Module? { self == .quotes ? .clients : nil }
}
