/// Scopes that a route accepts; any one suffices (behaviour.md §2.4).
public struct ScopeRequirement: Sendable, CustomStringConvertible {
    let anyOf: [String]
    /// The set bits of ``Scopes`` that satisfy it.
    let mask: UInt64

    init(_ anyOf: String...) {
        self.anyOf = anyOf
        self.mask = anyOf.reduce(0) { $0 | Scopes.bit(of: $1) }
    }

    /// A token is enough, whatever its scopes.
    static let none = ScopeRequirement()

    public var description: String { anyOf.joined(separator: ", ") }
}

/// The scopes of a token, ready to be matched.
public struct Scopes: Sendable {
    /// Every scope that can be required (behaviour.md §2.4).
    static let known = [
        "read:projects", "write:projects", "read:time_entries", "write:time_entries", "read:tasks", "write:tasks",
        "read:clients", "write:clients", "read:quotes", "write:quotes", "read:reports", "read:users", "read:webhooks",
        "write:webhooks", "read:inventory", "write:inventory", "admin:all",
    ]

    /// Scopes that stand for others.
    static let wildcards = ["read:*", "write:*", "*"]

    /// As stored, split on commas and trimmed.
    public let list: [String]
    private let bits: UInt64

    public init(_ text: String) {
        list = Tags.split(text)
        bits = list.reduce(0) { $0 | Self.grants($1) }
    }

    func satisfies(_ requirement: ScopeRequirement) -> Bool {
        bits & requirement.mask != 0 || requirement.anyOf.isEmpty
    }

    static func bit(of scope: String) -> UInt64 {
        known.firstIndex(of: scope).map { 1 << UInt64($0) } ?? 0
    }

    /// `write:*` never implies reading, nor the other way round.
    private static func grants(_ scope: String) -> UInt64 {
        switch scope {
        case "*", "admin:all": return .max
        case "read:*", "write:*":
            let family = scope.dropLast()
            return known.filter { $0.hasPrefix(family) }.reduce(0) { $0 | bit(of: $1) }
        default: return bit(of: scope)
        }
    }

    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// Checks the scopes of a token about to be made; returns them without repeats.
    /// - Throws: ``Invalid`` for none, unknown ones, and all-powerful ones of an owner who is no administrator.
    static func validated(_ text: String, ownerIsAdmin: Bool) throws(Invalid) -> [String] {
        var list: [String] = []
        for scope in Tags.split(text) where !list.contains(scope) {
            guard scope.utf8.count <= 64, known.contains(scope) || wildcards.contains(scope) else {
                let shown = RawText(scope).prefix(codePoints: 64).unchecked
                throw Invalid(
                    description: "unknown scope '\(shown)'; known are \((known + wildcards).joined(separator: ", "))")
            }
            if scope == "*" || scope == "admin:all", !ownerIsAdmin {
                throw Invalid(description: "only tokens of administrators may hold '\(scope)'")
            }
            list.append(scope)
        }
        guard !list.isEmpty else { throw Invalid(description: "a token needs at least one scope") }
        return list
    }
}
