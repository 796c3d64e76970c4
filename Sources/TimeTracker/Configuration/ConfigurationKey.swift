/// One configuration variable: everything that parsing, `timetracker config`, the YAML file and the table in
/// `Documentation/operations.md` say of it.
public struct ConfigurationKey: Sendable {
    /// Lower snake case, as in the YAML file; the environment variable is the same in upper case.
    public let name: String
    let kind: Kind
    /// Nil = unset.
    public let defaultValue: String?
    /// Never shown whole.
    public let isSecret: Bool
    /// Whether an empty value says something else than no value.
    let allowsEmpty: Bool
    /// The key whose value stands in the file that this key names; nil for all that are no names of such files.
    let secretName: String?
    /// One sentence without a full stop.
    public let summary: String

    public var variable: String { name.uppercased() }

    init(
        _ name: String, _ kind: Kind, _ defaultValue: String?, secret: Bool = false, allowsEmpty: Bool = false,
        secretName: String? = nil, _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.isSecret = secret
        self.allowsEmpty = allowsEmpty
        self.secretName = secretName
        self.summary = summary
    }

    /// The key that names a file with this one's value.
    var fileVariant: ConfigurationKey {
        .init("\(name)_file", .text, nil, secretName: name, "File that holds \(variable), instead of the variable")
    }

    /// The value in its canonical form.
    /// - Throws: what is wrong with it, as the end of a sentence that begins with the variable's name.
    func normalise(_ value: String) throws(BadValue) -> String {
        if value.isEmpty, allowsEmpty { return value }
        do {
            return try kind.normalise(value)
        } catch {
            throw isSecret ? error : BadValue("\(error.reason) (is '\(value)')")
        }
    }

    /// What may be shown of a value.
    public func masked(_ value: String) -> String {
        guard isSecret else { return value }
        return switch kind {
        case .url, .redis: URLMask.mask(value)
        default: URLMask.stars
        }
    }

    static func named(_ name: String) -> ConfigurationKey? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

/// Why a value can't be used.
struct BadValue: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
