extension ConfigurationKey {
    /// Keys that belong together.
    struct Section: Sendable {
        let title: String
        let keys: [ConfigurationKey]

        /// Every secret may stand in a file too.
        init(title: String, keys: [ConfigurationKey]) {
            self.title = title
            self.keys = keys.flatMap { $0.isSecret ? [$0, $0.fileVariant] : [$0] }
        }
    }

    /// Every variable, in the order of the documentation.
    public static let all: [ConfigurationKey] = sections.flatMap(\.keys)

    static let sections: [Section] = [
        Section(title: "Server", keys: server),
        Section(title: "Logs", keys: logs),
        Section(title: "PostgreSQL", keys: database),
        Section(title: "Redis", keys: redis),
        Section(title: "API tokens", keys: tokens),
        Section(title: "Sign-in and sessions", keys: access),
        Section(title: "Webhooks", keys: webhooks),
        Section(title: "First run", keys: firstRun),
        Section(title: "Check for new releases", keys: versionCheck),
    ]

    private static let server: [ConfigurationKey] = [
        .init(
            "bind", .bind, "127.0.0.1:8080",
            "Addresses to listen on: one TCP, one Unix, or both with a comma between"),
        .init(
            "admin_bind", .bind, nil,
            "Address at which the supervisor answers /live, /ready, /metrics and /status; unset = none"),
        .init(
            "metrics_allow", .networks, nil,
            "Networks that may read /metrics on the main address without a token of scope admin:all"),
        .init("workers", .workers, "auto", "HTTP worker processes; auto = one for each core"),
        .init("data_dir", .text, "./var", "Directory of the embedded PostgreSQL and Redis, and of the lock file"),
        .init(
            "wal_archive_dir", .text, nil,
            "Directory to which the embedded PostgreSQL copies its log of changes, for restores to any instant; unset = none"
        ),
        .init(
            "assets_dir", .text, nil,
            "Directory of the files that deploy/fetch-assets has brought; unset = assets beside the program"),
        .init("backlog", .integer(1...65_535), "1024", "Connections that may wait to be accepted"),
        .init(
            "trusted_proxies", .networks,
            "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7", allowsEmpty: true,
            "Reverse proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-ID count; a Unix socket's do always"
        ),
        .init(
            "trusted_proxy_hops", .integer(0...16), "1",
            "Elements of X-Forwarded-For that are believed at most, from its end; 0 = use the socket's address"),
        .init("drain_timeout", .integer(1...3600), "30", "Seconds that requests in flight get on a graceful stop"),
        .init(
            "recycle_requests", .integer(0...1_000_000_000_000), "0",
            "Requests after which a worker is replaced, its replacement first; 0 = never"),
        .init(
            "recycle_memory_mb", .integer(0...1_048_576), "1024",
            "MiB of memory at which a worker is replaced, its replacement first; 0 = never"),
        .init(
            "recycle_seconds", .integer(0...31_536_000), "0",
            "Seconds after which a worker is replaced, its replacement first; 0 = never"),
        .init("header_timeout", .integer(1...3600), "10", "Seconds for a request's head to arrive"),
        .init(
            "body_timeout", .integer(1...3600), "30",
            "Seconds for a body to arrive, and one more for each 16 KiB"),
        .init("idle_timeout", .integer(1...3600), "75", "Seconds that a kept-alive connection may be idle"),
        .init("write_timeout", .integer(1...3600), "30", "Seconds that a client may take to read a response"),
        .init(
            "max_connections_per_worker", .integer(1...1_000_000), "4096",
            "Connections that a worker holds; the one idle longest makes room for the next"),
        .init(
            "max_connections_per_address", .integer(1...1_000_000), "256",
            "Connections of one address (IPv6: of one /64) to a worker; trusted proxies are not bound by it"),
        .init(
            "max_requests_per_connection", .integer(1...1_000_000_000), "10000",
            "Requests after which a connection is closed"),
        .init(
            "max_requests_per_worker", .integer(1...1_000_000), "128",
            "Requests that a worker works at together; more wait, and take turns by token, user of the pages, or address"
        ),
        .init(
            "max_requests_per_token", .integer(1...1_000_000), "32",
            "The same of one token, user of the pages, or address"),
        .init(
            "max_waiting_requests_per_worker", .integer(0...10_000), "512",
            "Requests that wait at a worker, for DATABASE_POOL_WAIT_MS at most; beyond it 503"),
        .init(
            "max_waiting_requests_per_token", .integer(0...10_000), "64",
            "The same of one token, user of the pages, or address"),
        .init(
            "max_body_bytes", .integer(1024...16_777_216), "16777216",
            "Largest request body of an import; other routes take 64 or 512 KiB. A larger one is refused with 413"),
        .init(
            "max_body_bytes_per_worker", .integer(1_048_576...1_099_511_627_776), "67108864",
            "Bytes of request bodies that a worker holds at once; beyond it 503"),
        .init(
            "max_body_bytes_per_client", .integer(1_048_576...1_099_511_627_776), "33554432",
            "The same for one client address"),
        .init("timetracker_version", .text, nil, "Version to report instead of the build's"),
        .init("app_version", .text, nil, "The same, if TIMETRACKER_VERSION is unset"),
    ]

    private static let logs: [ConfigurationKey] = [
        .init(
            "loop_hold_warning_ms", .integer(0...60_000), "100",
            "Milliseconds for which one piece of work may hold a worker's loop before a warning is logged; 0 = never"),
        .init(
            "slow_request_ms", .integer(0...3_600_000), "1000",
            "Milliseconds from which a request is logged with where its time went; 0 = never"),
        .init(
            "log_level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info",
            "Least severe level that is logged"),
        .init(
            "log_format",
            .choice([
                "auto", "json",
                "text",
            ]), "auto", "auto = text on a terminal, JSON lines elsewhere"),
        .init("access_log", .boolean, "true", "Whether to log a line for each request"),
    ]

    private static let database: [ConfigurationKey] = [
        .init(
            "database_url", .url(["postgresql", "postgres"]), nil, secret: true,
            "Database; unset = embedded: a private PostgreSQL and Redis are run under DATA_DIR"),
        .init(
            "database_read_url", .url(["postgresql", "postgres"]), nil, secret: true,
            "Replica from which lists and reports are read; unset = DATABASE_URL"),
        .init(
            "database_read_max_lag_ms", .integer(100...600_000), "5000",
            "How far the replica may be behind before DATABASE_URL is read instead"),
        .init("database_pool_size", .integer(1...1000), "8", "Connections for transactions, for each worker"),
        .init(
            "database_shared_connections", .integer(1...16), "2",
            "Connections for pipelined reads, for each worker"),
        .init(
            "database_pool_wait_ms", .integer(1...60_000), "2000",
            "Longest wait for a free connection before 503"),
        .init("database_connect_timeout_ms", .integer(100...60_000), "5000", "Longest time to connect"),
        .init("database_statement_timeout_ms", .integer(100...600_000), "15000", "Longest time for a statement"),
        .init("database_lock_timeout_ms", .integer(10...60_000), "2000", "Longest wait for a lock before 409"),
    ]

    private static let redis: [ConfigurationKey] = [
        .init(
            "redis_url", .redis, nil, secret: true,
            "Redis; unset = embedded, or redis://localhost:6379/0 if DATABASE_URL is set"),
        .init("redis_enabled", .boolean, "true", "false = limits are counted for each host, and nothing is cached"),
        .init(
            "redis_command_timeout_ms", .integer(10...10_000), "250",
            "Longest wait for an answer before the fallback"),
        .init("redis_key_prefix", .word, "tt:", "Prefix of every key"),
    ]

    private static let tokens: [ConfigurationKey] = [
        .init(
            "api_token_rate_limit_per_minute", .clamped(1...1_000_000), "100",
            "Requests that a token may make in any minute"),
        .init(
            "api_token_rate_limit_per_hour", .clamped(1...100_000_000), "1000",
            "Requests that a token may make in any hour"),
        .init(
            "api_token_default_expiry_days", .integer(0...36_500), "90",
            "Life of tokens that apps get by signing in; 0 = for ever"),
        .init(
            "auth_cache_ms", .integer(0...1000), "1000",
            "How long a token lookup is trusted, and so how long a revoked token may still work"),
    ]

    private static let access: [ConfigurationKey] = [
        .init(
            "secret_key", .secretKey, nil, secret: true,
            "Signs browser sessions; 32 characters or more, required with DATABASE_URL; embedded mode makes its own"),
        .init(
            "secret_key_previous", .secretKey, nil, secret: true,
            "The key before SECRET_KEY, whose signatures count still: for a change of keys that signs nobody out"),
        .init("admin_usernames", .text, "admin", "Comma list of users who become administrators when they sign in"),
        .init(
            "session_cookie_secure", .boolean, nil,
            "true = session cookies over https only; unset = if the request came over https"),
        .init(
            "permanent_session_lifetime", .integer(60...31_536_000), "86400",
            "Seconds that a browser session lasts"),
    ]

    private static let webhooks: [ConfigurationKey] = [
        .init(
            "jobs", .boolean, "true",
            "Whether serve also sends webhooks; if not, 'timetracker jobs' has to run somewhere"),
        .init(
            "webhook_allow_private_networks", .boolean, "false",
            "true = webhooks may call loopback, private and link-local addresses"),
        .init(
            "webhook_disable_after_failures", .integer(0...1_000_000), "0",
            "Failed attempts in a row after which a webhook is switched off; 0 = never"),
    ]

    private static let firstRun: [ConfigurationKey] = [
        .init("tz", .text, "UTC", "Time zone of the installation, until the settings say otherwise"),
        .init("currency", .currency, "EUR", "Currency, until the settings say otherwise"),
        .init(
            "date_format", .choice(["YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY"]), "YYYY-MM-DD",
            "Date format, until the settings say otherwise"),
        .init("time_format", .choice(["24h", "12h"]), "24h", "Time format, until the settings say otherwise"),
        .init("rounding_minutes", .integer(1...60), "1", "Rounding step, until the settings say otherwise"),
        .init("single_active_timer", .flag, "true", "One running timer a user, until the settings say otherwise"),
        .init(
            "allow_self_register", .flag, "false",
            "Whether anybody may register, until the settings say otherwise"),
        .init(
            "idle_timeout_minutes", .integer(1...480), "30",
            "Hint for browsers, until the settings say otherwise"),
        .init(
            "default_daily_working_hours", .decimal(0.5...24), "8",
            "Hours in a working day, until the settings say otherwise"),
        .init("admin_username", .username, nil, "Name of the first administrator, for a setup without a browser"),
        .init(
            "admin_password", .password, nil, secret: true,
            "The first administrator's password, 8 characters or more; completes the setup"),
        .init("skip_setup", .boolean, "false", "true = count the first-run setup as completed"),
    ]

    private static let versionCheck: [ConfigurationKey] = [
        .init(
            "version_check_github_repo", .repository, "DRYTRIX/TimeTracker", allowsEmpty: true,
            "Repository whose releases are looked at; empty = never look"),
        .init(
            "version_check_github_api_base", .url(["https", "http"]), "https://api.github.com",
            "Where to ask for them"),
        .init(
            "version_check_github_cache_ttl", .integer(1...31_536_000), "43200",
            "Seconds that an answer is trusted"),
        .init(
            "version_check_github_stale_ttl", .integer(1...31_536_000), "604800",
            "Seconds that an answer serves while GitHub can't be reached"),
        .init("version_check_http_timeout", .integer(1...60), "10", "Seconds that GitHub may take to answer"),
        .init("github_releases_token", .text, nil, secret: true, "Token to send to GitHub"),
        .init("enable_pre_release_notifications", .boolean, "false", "Whether pre-releases count"),
    ]
}
