/// One configuration variable: everything that parsing, `timetracker config`, the YAML file and the README's table say of it.
public struct ConfigurationKey: Sendable {
    enum Kind: Sendable {
        case text
        case integer(ClosedRange<Int>)
        /// Below the range the lower bound is meant, not an error.
        case clamped(ClosedRange<Int>)
        case boolean
        case choice([String])
        case url([String])
        case workers
        case bind
    }

    /// Lower snake case, as in the YAML file; the environment variable is the same in upper case.
    public let name: String
    let kind: Kind
    /// Nil = unset.
    public let defaultValue: String?
    public let isSecret: Bool
    public let summary: String

    public var variable: String { name.uppercased() }

    private init(_ name: String, _ kind: Kind, _ defaultValue: String?, secret: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.isSecret = secret
        self.summary = summary
    }

    /// - Returns: what is wrong with `value`; nil when nothing is.
    func problem(with value: String) -> String? {
        switch kind {
        case .text: return nil
        case .integer(let range):
            guard let number = Int(value), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .clamped(let range):
            guard let number = Int(value), number <= range.upperBound else {
                return "must be a whole number up to \(range.upperBound)"
            }
            return nil
        case .boolean: return Self.boolean(value) == nil ? "must be true or false" : nil
        case .choice(let choices): return choices.contains(value) ? nil : "must be one of \(choices.joined(separator: ", "))"
        case .url(let schemes): return Self.urlProblem(value, schemes)
        case .workers:
            return value == "auto" || Int(value).map({ (1...256).contains($0) }) == true ? nil : "must be auto or 1 to 256"
        case .bind: return BindAddress.parse(list: value) == nil ? "must be host:port or unix:/path, comma-separated" : nil
        }
    }

    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }

    private static func urlProblem(_ value: String, _ schemes: [String]) -> String? {
        if value.hasPrefix("rediss://") {
            return "TLS to Redis is not possible with this build's client library; use redis:// through stunnel, or a Unix socket"
        }
        return schemes.contains { value.hasPrefix($0 + "://") } ? nil : "must begin with \(schemes.map { $0 + "://" }.joined(separator: " or "))"
    }

    static func named(_ name: String) -> ConfigurationKey? { all.first { $0.name == name } }

    /// Every variable, in the order of the documentation.
    public static let all: [ConfigurationKey] = server + storage + limits + access + firstRun + versionCheck

    private static let server: [ConfigurationKey] = [
        .init("bind", .bind, "127.0.0.1:8080", "Addresses to listen on: host:port, [v6]:port or unix:/path; one TCP and one Unix at most"),
        .init("workers", .workers, "auto", "HTTP worker processes; auto = one for each core"),
        .init("data_dir", .text, "./var", "Where embedded PostgreSQL and Redis, and the lock file, live"),
        .init("backlog", .integer(1...65_535), "1024", "Connections that may wait to be accepted (listen(2))"),
        .init("trusted_proxy_hops", .integer(0...16), "1", "Reverse proxies of yours that append to X-Forwarded-For; 0 = use the socket's address"),
        .init("drain_timeout", .integer(1...3600), "30", "Seconds that requests in flight get on a graceful stop"),
        .init("header_timeout", .integer(1...3600), "10", "Seconds for a request's head to arrive"),
        .init("body_timeout", .integer(1...3600), "30", "Seconds for a body, beyond one for each 16 KiB"),
        .init("idle_timeout", .integer(1...3600), "75", "Seconds a kept-alive connection may be idle"),
        .init("write_timeout", .integer(1...3600), "30", "Seconds a client may take to read a response"),
        .init("max_connections_per_worker", .integer(1...1_000_000), "4096", "Connections a worker holds; more wait in the backlog"),
        .init("max_requests_per_connection", .integer(1...1_000_000_000), "10000", "Requests after which a connection is closed"),
        .init("max_body_bytes", .integer(1024...16_777_216), "16777216", "Largest request body; 413 above"),
        .init("log_level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info", "Least severe level that is logged"),
        .init("log_format", .choice(["auto", "json", "text"]), "auto", "auto = text on a terminal, else JSON lines"),
        .init("access_log", .boolean, "true", "One line for each request"),
        .init("timetracker_version", .text, nil, "Version to report instead of the build's"),
        .init("app_version", .text, nil, "The same, second choice"),
    ]

    private static let storage: [ConfigurationKey] = [
        .init("database_url", .url(["postgresql", "postgres"]), nil, secret: true, "PostgreSQL; unset = embedded"),
        .init("database_pool_size", .integer(1...1000), "8", "Connections for transactions, for each worker"),
        .init("database_shared_connections", .integer(1...16), "2", "Connections for pipelined reads, for each worker"),
        .init("database_pool_wait_ms", .integer(1...60_000), "2000", "Wait for a connection of the pool before 503"),
        .init("database_connect_timeout_ms", .integer(100...60_000), "5000", "Time to connect"),
        .init("database_statement_timeout_ms", .integer(100...600_000), "15000", "Longest statement"),
        .init("database_lock_timeout_ms", .integer(10...60_000), "2000", "Longest wait for a lock before 409"),
        .init("redis_url", .url(["redis", "unix", "redis+unix"]), nil, secret: true, "Redis; unset = embedded, or redis://localhost:6379/0 when database_url is set"),
        .init("redis_enabled", .boolean, "true", "false = limits are counted for each host, nothing is cached"),
        .init("redis_command_timeout_ms", .integer(10...10_000), "250", "Longest wait for an answer before the fallback"),
        .init("redis_key_prefix", .text, "tt:", "Prefix of every key"),
    ]

    private static let limits: [ConfigurationKey] = [
        .init("api_token_rate_limit_per_minute", .clamped(1...1_000_000), "100", "Requests a token may make in any minute"),
        .init("api_token_rate_limit_per_hour", .clamped(1...100_000_000), "1000", "Requests a token may make in any hour"),
        .init("api_token_default_expiry_days", .integer(0...36_500), "90", "Life of tokens made by signing in from an app; 0 = for ever"),
        .init("auth_cache_ms", .integer(0...1000), "1000", "How long a token lookup is trusted, which bounds how long a revoked token works"),
    ]

    private static let access: [ConfigurationKey] = [
        .init("secret_key", .text, nil, secret: true, "Signs browser sessions; 32 characters or more; embedded mode makes its own"),
        .init("admin_usernames", .text, "admin", "Comma list; these users become administrators when they sign in"),
        .init("session_cookie_secure", .boolean, "false", "true = session cookies over https only"),
        .init("permanent_session_lifetime", .integer(60...31_536_000), "86400", "Seconds a browser session lasts"),
    ]

    private static let firstRun: [ConfigurationKey] = [
        .init("tz", .text, "UTC", "App time zone, read when the settings row is created"),
        .init("currency", .text, "EUR", "Currency, read when the settings row is created"),
        .init("date_format", .choice(["YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY"]), "YYYY-MM-DD", "Read when the settings row is created"),
        .init("time_format", .choice(["24h", "12h"]), "24h", "Read when the settings row is created"),
        .init("rounding_minutes", .integer(1...60), "1", "Read when the settings row is created"),
        .init("single_active_timer", .boolean, "true", "Read when the settings row is created"),
        .init("allow_self_register", .boolean, "false", "Read when the settings row is created"),
        .init("idle_timeout_minutes", .integer(1...480), "30", "Read when the settings row is created"),
        .init("default_daily_working_hours", .text, "8", "Read when the settings row is created"),
        .init("admin_username", .text, nil, "First administrator, for a setup without a browser"),
        .init("admin_password", .text, nil, secret: true, "The first administrator's password"),
        .init("skip_setup", .boolean, "false", "true = mark the first-run setup as done when the server starts"),
    ]

    private static let versionCheck: [ConfigurationKey] = [
        .init("version_check_github_repo", .text, "DRYTRIX/TimeTracker", "Repository whose releases are compared; empty = off"),
        .init("version_check_github_api_base", .url(["https", "http"]), "https://api.github.com", "Where to ask"),
        .init("version_check_github_cache_ttl", .integer(1...31_536_000), "43200", "Seconds a release is trusted"),
        .init("version_check_github_stale_ttl", .integer(1...31_536_000), "604800", "Seconds it is used when GitHub is away"),
        .init("version_check_http_timeout", .integer(1...60), "10", "Seconds GitHub may take"),
        .init("github_releases_token", .text, nil, secret: true, "Sent to GitHub"),
        .init("enable_pre_release_notifications", .boolean, "false", "Also compare pre-releases"),
    ]
}
