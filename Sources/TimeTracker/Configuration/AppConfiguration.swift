import Configuration

/// The effective configuration: environment over YAML file over defaults, checked as a whole.
public struct AppConfiguration: Sendable {
    /// Where a value came from.
    public enum Source: String, Sendable {
        case environment, file, `default`, embedded
        /// A file that the variable with `_FILE` names.
        case secretFile = "file of its own"
    }

    public typealias Invalid = ConfigurationError

    /// One key with its effective value in canonical form; nil = unset.
    public struct Entry: Sendable {
        public let key: ConfigurationKey
        public internal(set) var value: String?
        public internal(set) var source: Source
    }

    /// Values that embedded mode decides.
    public struct Overrides: Sendable {
        public var databaseURL: String
        public var redisURL: String
        public var secretKey: String

        public init(databaseURL: String, redisURL: String, secretKey: String) {
            self.databaseURL = databaseURL
            self.redisURL = redisURL
            self.secretKey = secretKey
        }
    }

    static let standardRedisURL = "redis://localhost:6379/0"

    /// Every key, in the order of the documentation.
    public private(set) var entries: [Entry]

    /// - Parameters:
    ///   - environment: variables, in which an empty value counts as unset unless it has a meaning for the key.
    ///   - file: path of the YAML file; nil = none. A path that doesn't exist is a problem.
    /// - Throws: all problems of all sources together.
    public init(environment: [String: String], file: String?) throws(ConfigurationError) {
        try self.init(environment: environment, file: file.map(ConfigurationFile.init(path:)))
    }

    init(environment: [String: String], file: ConfigurationFile?) throws(ConfigurationError) {
        var problems = file?.problems ?? []
        problems += Self.unknownVariables(environment).map { "unknown environment variable \($0)" }
        let readers = Self.readers(environment, file?.values ?? [:])
        entries = ConfigurationKey.all.map { key in
            do throws(BadValue) {
                return try Self.entry(key, readers)
            } catch {
                problems.append("\(key.variable) \(error.reason)")
                return Entry(key: key, value: nil, source: .default)
            }
        }
        problems += readSecretFiles()
        problems += missing(unless: problems)
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        if !isEmbedded, self["redis_url"] == nil { set("redis_url", Self.standardRedisURL, .default) }
    }

    /// The effective value of a key in lower snake case; nil when it is unset or unknown.
    public subscript(name: String) -> String? { entries.first { $0.key.name == name }?.value }

    /// Whether the database and Redis are to be run under the data directory.
    public var isEmbedded: Bool {
        entries.contains { $0.key.name == "database_url" && ($0.value == nil || $0.source == .embedded) }
    }

    /// With the addresses of the embedded services and, where none is configured, their secret key.
    public func applying(_ overrides: Overrides) -> AppConfiguration {
        var copy = self
        copy.set("database_url", overrides.databaseURL, .embedded)
        copy.set("redis_url", overrides.redisURL, .embedded)
        if self["secret_key"] == nil { copy.set("secret_key", overrides.secretKey, .embedded) }
        return copy
    }

    /// All effective values but the secrets as environment variables, which is how worker processes get them.
    public var environment: [String: String] { variables { !$0.isSecret } }

    /// The effective secrets as variables, which worker processes get in another way.
    public var secrets: [String: String] { variables(\.isSecret) }

    /// Variables that hold secrets.
    public static var secretVariables: [String] { ConfigurationKey.all.filter(\.isSecret).map(\.variable) }

    /// Without the names of files whose content is among the values.
    private func variables(_ isWanted: (ConfigurationKey) -> Bool) -> [String: String] {
        let wanted = entries.filter { isWanted($0.key) && $0.key.secretName == nil }
        return Dictionary(
            uniqueKeysWithValues: wanted.compactMap { entry in entry.value.map { (entry.key.variable, $0) } })
    }

    private mutating func set(_ name: String, _ value: String, _ source: Source) {
        guard let index = entries.firstIndex(where: { $0.key.name == name }) else { return }
        entries[index].value = value
        entries[index].source = source
    }
}

extension AppConfiguration {
    private typealias Reader = (source: Source, reader: ConfigReader)

    private static func readers(_ environment: [String: String], _ file: [String: String]) -> [Reader] {
        let variables = environment.filter { name, value in
            !value.isEmpty || ConfigurationKey.named(name.lowercased())?.allowsEmpty == true
        }
        let values = file.map { name, value in
            (
                AbsoluteConfigKey([name]),
                ConfigValue(.string(value), isSecret: ConfigurationKey.named(name)?.isSecret == true)
            )
        }
        return [
            (.environment, ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))),
            (.file, ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values)))),
        ]
    }

    private static func entry(_ key: ConfigurationKey, _ readers: [Reader]) throws(BadValue) -> Entry {
        for (source, reader) in readers {
            guard let value = reader.string(forKey: ConfigKey([key.name]), isSecret: key.isSecret) else { continue }
            return Entry(key: key, value: try key.normalise(value), source: source)
        }
        return Entry(key: key, value: key.defaultValue, source: .default)
    }

    /// Takes the secrets out of the files that `<NAME>_FILE` variables name.
    /// - Returns: what is wrong with them.
    private mutating func readSecretFiles() -> [String] {
        var problems: [String] = []
        for entry in entries {
            guard let path = entry.value, let name = entry.key.secretName, let key = ConfigurationKey.named(name) else {
                continue
            }
            guard self[name] == nil else {
                problems.append("\(key.variable) and \(entry.key.variable) are both set: give one of them")
                continue
            }
            do throws(BadValue) {
                set(name, try key.normalise(try SecretFile.read(path)), .secretFile)
            } catch {
                problems.append("\(entry.key.variable) \(error.reason)")
            }
        }
        return problems
    }

    /// What is required but not there; keys that have a problem already are not missing.
    private func missing(unless problems: [String]) -> [String] {
        func isSet(_ name: String) -> Bool {
            self[name] != nil
                || problems.contains { problem in
                    [" ", "_FILE "].contains { problem.hasPrefix(name.uppercased() + $0) }
                }
        }
        var missing: [String] = []
        if isSet("database_url"), !isSet("secret_key") { missing.append("SECRET_KEY is required with DATABASE_URL") }
        if !isSet("database_url"), isSet("redis_url") {
            missing.append("REDIS_URL is set, but DATABASE_URL isn't: set both, or neither for embedded mode")
        }
        return missing
    }

    /// Variables that look like ours but aren't; of most names nobody can tell whose they are.
    private static func unknownVariables(_ environment: [String: String]) -> [String] {
        let unknown = environment.filter { name, value in
            (name.hasPrefix("TIMETRACKER_") || name.hasPrefix("API_TOKEN_"))
                && ConfigurationKey.named(name.lowercased()) == nil && !isServiceLink(name, value)
        }
        return unknown.keys.sorted()
    }

    /// Variables such as `TIMETRACKER_PORT_8080_TCP_ADDR`, which Docker and Kubernetes make of the names of services.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.contains("_PORT_")
            || (name.hasSuffix("_PORT") && value.contains("://"))
    }
}
