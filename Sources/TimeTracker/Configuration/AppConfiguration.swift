import Configuration
import FoundationEssentials
import Postgres
import Redis
import Yams

/// The effective configuration: environment over YAML file over defaults, checked as a whole.
public struct AppConfiguration: Sendable {
    /// Where a value came from.
    public enum Source: String, Sendable {
        case environment, file, `default`, embedded
    }

    /// All problems at once; the caller exits with 78 (EX_CONFIG, sysexits.h).
    public struct Invalid: Error, CustomStringConvertible {
        public let problems: [String]
        public var description: String { problems.joined(separator: "\n") }
    }

    public struct Entry: Sendable {
        public let key: ConfigurationKey
        public var value: String?
        public var source: Source
    }

    public private(set) var entries: [Entry]

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

    /// - Parameters:
    ///   - file: path of the YAML file; nil = none. A path that doesn't exist is a problem.
    ///   - requiresSecret: whether `SECRET_KEY` has to be there (not in embedded mode, which brings its own).
    public init(environment: [String: String], file: String?) throws(Invalid) {
        var problems: [String] = []
        var fileValues: [String: String] = [:]
        if let file {
            do { fileValues = try Self.read(file) } catch { problems.append("\(file): \(error)") }
        }
        for name in fileValues.keys.sorted() where ConfigurationKey.named(name) == nil {
            problems.append("\(file ?? "file"): unknown key '\(name)'")
        }
        for name in environment.keys.sorted() where Self.looksLikeOurs(name) && ConfigurationKey.named(name.lowercased()) == nil {
            problems.append("unknown environment variable \(name)")
        }
        let layers: [(Source, ConfigReader)] = [
            (.environment, ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment.filter { !$0.value.isEmpty }))),
            (.file, ConfigReader(provider: InMemoryProvider(values: Self.memory(fileValues)))),
        ]
        entries = ConfigurationKey.all.map { key in
            for (source, reader) in layers {
                guard let value = reader.string(forKey: ConfigKey([key.name]), isSecret: key.isSecret) else { continue }
                if let problem = key.problem(with: value) {
                    problems.append("\(key.variable) \(problem)\(key.isSecret ? "" : " (is '\(value)')")")
                }
                return Entry(key: key, value: value, source: source)
            }
            return Entry(key: key, value: key.defaultValue, source: .default)
        }
        if let value = self["secret_key"], let problem = SecretKey.problem(with: value) { problems.append("SECRET_KEY \(problem)") }
        if self["database_url"] != nil, self["secret_key"] == nil { problems.append("SECRET_KEY is required with DATABASE_URL") }
        if self["database_url"] == nil, self["redis_url"] != nil { problems.append("REDIS_URL without DATABASE_URL: set both, or neither for embedded mode") }
        guard problems.isEmpty else { throw Invalid(problems: problems) }
        if self["database_url"] != nil, self["redis_url"] == nil { set("redis_url", "redis://localhost:6379/0", .default) }
    }

    private static func looksLikeOurs(_ name: String) -> Bool {
        name.hasPrefix("TIMETRACKER_") || name.hasPrefix("API_TOKEN_")
    }

    private static func memory(_ values: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        Dictionary(uniqueKeysWithValues: values.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) })
    }

    /// The scalars of a flat YAML mapping.
    private static func read(_ path: String) throws -> [String: String] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let root = try Yams.compose(yaml: text) else { return [:] }
        guard let mapping = root.mapping else { throw AdminError("must be a mapping of keys to values") }
        var values: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, let scalar = value.scalar else { throw AdminError("every value must be a plain one") }
            if !scalar.string.isEmpty, scalar.string != "null" { values[name] = scalar.string }
        }
        return values
    }

    public subscript(name: String) -> String? { entries.first { $0.key.name == name }?.value }

    mutating func set(_ name: String, _ value: String, _ source: Source) {
        guard let index = entries.firstIndex(where: { $0.key.name == name }) else { return }
        entries[index].value = value
        entries[index].source = source
    }

    /// Neither database nor Redis is configured.
    public var isEmbedded: Bool { self["database_url"] == nil }

    public func applying(_ overrides: Overrides) -> AppConfiguration {
        var copy = self
        copy.set("database_url", overrides.databaseURL, .embedded)
        copy.set("redis_url", overrides.redisURL, .embedded)
        if self["secret_key"] == nil { copy.set("secret_key", overrides.secretKey, .embedded) }
        return copy
    }

    /// All effective values as environment variables, which is how workers get them.
    public var environment: [String: String] {
        Dictionary(uniqueKeysWithValues: entries.compactMap { entry in entry.value.map { (entry.key.variable, $0) } })
    }
}

/// Rules for `SECRET_KEY` (contract 05 §3).
enum SecretKey {
    private static let placeholders = ["change-me", "changeme", "your-secret-key", "secret-key", "placeholder", "example"]

    static func problem(with value: String) -> String? {
        if value.count < 32 { return "must have 32 characters or more" }
        if placeholders.contains(where: value.lowercased().contains) { return "is a placeholder; generate one with: openssl rand -hex 32" }
        return nil
    }
}
