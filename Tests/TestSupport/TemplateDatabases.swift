import Foundation
import Postgres
import Reactor
import Synchronization
import TimeTracker

/// Databases for tests, on the server that `TEST_DATABASE_URL` names: copies of templates that are made once in a run, a few
/// of them ahead. The server is thrown away after the run, and the databases with it.
public final class TemplateDatabases: Sendable {
    public enum Template: String, Sendable {
        case empty
        /// The schema, and no settings row.
        case migrated
        /// As `timetracker migrate` leaves it, before the first-run setup.
        case initial
        /// With the administrator `admin` and a token of theirs.
        case setUp
    }

    public struct Copy: Sendable {
        public let name: String
        public let url: String
        /// Of `admin`, with every scope; empty before the setup.
        public let token: String
    }

    public struct Missing: Error, CustomStringConvertible {
        public let description =
            "TEST_DATABASE_URL must be the URL of a PostgreSQL server on which tests may create databases"
        public init() {}
    }

    /// Of `admin`.
    public static let password = "correct horse 1"

    /// What `timetracker migrate` writes into a database by: with one of these a template is not what the test wants.
    public static let seeds: Set = [
        "ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE", "ALLOW_SELF_REGISTER", "CURRENCY", "DATABASE_URL", "DATABASE_URL_FILE",
        "DATE_FORMAT", "DEFAULT_DAILY_WORKING_HOURS", "IDLE_TIMEOUT_MINUTES", "ROUNDING_MINUTES", "SINGLE_ACTIVE_TIMER",
        "SKIP_SETUP", "TIME_FORMAT", "TZ",
    ]

    /// Copies that are made ahead of each template in use.
    private static let depth = 3

    private struct State {
        /// The token in each template.
        var tokens: [Template: Task<String, any Error>] = [:]
        var stock: [Template: [String]] = [:]
        var filling: Set<Template> = []
    }

    private let state = Mutex(State())
    private let server: String
    private let reactor: Reactor
    private let admin: PostgresClient

    private static let only = Result { try TemplateDatabases() }

    public static func shared() throws -> TemplateDatabases { try only.get() }

    private init() throws {
        guard let url = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"] else { throw Missing() }
        server = url
        // Not on the cooperative pool, which tests hold up.
        reactor = try Reactor(name: "databases")
        reactor.start()
        admin = Self.client(url, poolSize: 2, reactor)
    }

    /// A client for tests, started.
    public static func client(_ url: String, poolSize: Int, _ reactor: Reactor) -> PostgresClient {
        var configuration = PostgresConfiguration(url: url)
        configuration.applicationName = "test"
        configuration.poolSize = poolSize
        configuration.poolWait = .seconds(60)
        configuration.lockTimeout = .seconds(30)
        let client = PostgresClient(configuration: configuration, reactor: reactor)
        client.start()
        return client
    }

    /// A database of the caller's own.
    public func copy(of template: Template) async throws -> Copy {
        let token = try await token(template)
        let ready = state.withLock { $0.stock[template]?.popLast() }
        fill(template)
        let name = if let ready { ready } else { try await make(template) }
        return Copy(name: name, url: try url(name), token: token)
    }

    private func fill(_ template: Template) {
        guard state.withLock({ $0.filling.insert(template).inserted }) else { return }
        Task(executorPreference: reactor) { [self] in
            while state.withLock({ $0.stock[template, default: []].count < Self.depth }) {
                guard let name = try? await make(template) else { break }
                state.withLock { $0.stock[template, default: []].append(name) }
            }
            state.withLock { _ = $0.filling.remove(template) }
        }
    }

    private func make(_ template: Template) async throws -> String {
        let name = "it_\(UInt32.random(in: 1 ... .max))"
        try await copy(source(template), to: name)
        return name
    }

    /// Copying files takes half as long as writing all pages to the log.
    private func copy(_ source: String, to name: String) async throws {
        _ = try await admin.execute(Statement("create database \(name) template \(source) strategy file_copy"))
    }

    private func source(_ template: Template) -> String {
        template == .empty ? "template0 encoding 'UTF8'" : "tt_\(template.rawValue.lowercased())_\(getpid())"
    }

    /// The token in the template, which is made if this is its first use.
    private func token(_ template: Template) async throws -> String {
        if template == .empty { return "" }
        let task = state.withLock { state in
            if let task = state.tokens[template] { return task }
            let task = Task(executorPreference: reactor) { [self] in try await build(template) }
            state.tokens[template] = task
            return task
        }
        return try await task.value
    }

    private func build(_ template: Template) async throws -> String {
        let base: Template =
            switch template {
            case .empty, .migrated: .empty
            case .initial: .migrated
            case .setUp: .initial
            }
        _ = try await token(base)
        let name = source(template)
        try await copy(source(base), to: name)
        let client = Self.client(try url(name), poolSize: 1, reactor)
        let result: Result<String, any Error>
        do { result = .success(try await furnish(template, client)) } catch { result = .failure(error) }
        await client.shutdown()
        return try result.get()
    }

    private func furnish(_ template: Template, _ db: PostgresClient) async throws -> String {
        switch template {
        case .empty: break
        case .migrated: _ = try await Migrator(db: db).migrate()
        case .initial:
            let configuration = try AppConfiguration(
                environment: ["DATABASE_URL": server, "SECRET_KEY": "0123456789abcdef0123456789abcdef"], file: nil)
            try await InitialData(db: db).ensure(configuration)
        case .setUp:
            _ = try await FirstRunSetup(db: db).complete(
                username: "admin", password: Self.password, timezone: nil, currency: nil)
            return try await TokenAdmin(db: db).create(
                user: "admin", name: "tests", scopes: "admin:all", expiresDays: nil)
        }
        return ""
    }

    /// The server's URL with another path.
    private func url(_ database: String) throws -> String {
        guard let match = server.wholeMatch(of: /([a-z]+:\/\/[^\/?]*)(\/[^?]*)?(\?.*)?/) else { throw Missing() }
        return "\(match.1)/\(database)\(match.3 ?? "")"
    }
}
