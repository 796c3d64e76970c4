import Postgres
import Redis

// The configuration as the parts of the server want it. Values have been checked when the configuration was made.
extension AppConfiguration {
    /// The build's own version.
    public static let buildVersion = "1.0.0"

    private func text(_ name: String) -> String { self[name] ?? "" }
    private func integer(_ name: String) -> Int { self[name].flatMap { Int($0) } ?? 0 }
    private func boolean(_ name: String) -> Bool { self[name] == "true" }

    public var bindAddresses: [BindAddress] { BindAddress.parse(list: text("bind")) ?? [] }
    /// Nil = one for each core.
    public var workers: Int? { Int(text("workers")) }
    public var dataDirectory: String { text("data_dir") }
    /// Where embedded PostgreSQL's log of changes is archived; nil = nowhere.
    public var walArchiveDirectory: String? { self["wal_archive_dir"] }
    var assetsDirectory: String { text("assets_dir") }
    public var backlog: Int { integer("backlog") }
    public var drainTimeout: Int { integer("drain_timeout") }
    /// 0 = never.
    var slowRequestMilliseconds: Int { integer("slow_request_ms") }
    /// Networks that may see the metrics on the main address without a token.
    var metricsNetworks: String { text("metrics_allow") }
    /// Where the supervisor answers operators; nil = nowhere.
    public var adminAddress: BindAddress? { self["admin_bind"].flatMap { BindAddress.parse(list: $0)?.first } }
    /// Requests, MiB and seconds after which a worker is replaced; 0 = never.
    public var recycleRequests: Int { integer("recycle_requests") }
    public var recycleMegabytes: Int { integer("recycle_memory_mb") }
    public var recycleSeconds: Int { integer("recycle_seconds") }
    public var logLevel: String { text("log_level") }
    public var logFormat: String { text("log_format") }
    public var logsAccess: Bool { boolean("access_log") }
    public var skipsSetup: Bool { boolean("skip_setup") }
    public var adminUsername: String? { self["admin_username"] }
    public var adminPassword: String? { self["admin_password"] }

    /// 0 = never.
    var loopHoldWarningMilliseconds: Int { integer("loop_hold_warning_ms") }
    var trustedProxies: TrustedProxies {
        TrustedProxies(networks: text("trusted_proxies"), hops: integer("trusted_proxy_hops"))
    }
    var redisKeyPrefix: String { text("redis_key_prefix") }
    var authCacheMilliseconds: Int { integer("auth_cache_ms") }
    var rateLimitPerMinute: Int { integer("api_token_rate_limit_per_minute") }
    var rateLimitPerHour: Int { integer("api_token_rate_limit_per_hour") }
    var tokenLifetimeDays: Int { integer("api_token_default_expiry_days") }
    public var secretKey: String { text("secret_key") }
    /// Nil = the key hasn't been changed lately.
    var previousSecretKey: String? { self["secret_key_previous"] }
    /// Nil = as the request came.
    var sessionCookieIsSecure: Bool? { self["session_cookie_secure"].map { $0 == "true" } }
    /// Seconds.
    var sessionLifetime: Int { integer("permanent_session_lifetime") }
    /// Whether serve starts the process that sends webhooks.
    public var runsJobs: Bool { boolean("jobs") }
    var webhooksReachPrivateNetworks: Bool { boolean("webhook_allow_private_networks") }
    /// 0 = never.
    var webhookFailuresBeforeDisabling: Int { integer("webhook_disable_after_failures") }
    var adminUsernames: Set<String> { Set(Tags.split(self["admin_usernames"]).map(Username.normalise)) }

    /// `dev-0` means nobody set it (behaviour.md §11.1).
    public var version: String {
        for name in ["timetracker_version", "app_version"] {
            if let value = self[name], value != "dev-0" { return value }
        }
        return Self.buildVersion
    }

    var httpLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.maxBodyBytes = integer("max_body_bytes")
        limits.headerTimeout = integer("header_timeout")
        limits.bodyTimeout = integer("body_timeout")
        limits.idleTimeout = integer("idle_timeout")
        limits.writeTimeout = integer("write_timeout")
        limits.maxRequestsPerConnection = integer("max_requests_per_connection")
        limits.maxConnections = integer("max_connections_per_worker")
        limits.maxConnectionsPerAddress = integer("max_connections_per_address")
        limits.maxBodyBytesPerWorker = integer("max_body_bytes_per_worker")
        limits.maxBodyBytesPerClient = integer("max_body_bytes_per_client")
        return limits
    }

    var admissionLimits: AdmissionLimits {
        AdmissionLimits(
            atOnce: integer("max_requests_per_worker"), atOnceOfEach: integer("max_requests_per_token"),
            waiting: integer("max_waiting_requests_per_worker"),
            waitingOfEach: integer("max_waiting_requests_per_token"),
            patience: .milliseconds(integer("database_pool_wait_ms")))
    }

    public var postgres: PostgresConfiguration { postgres(text("database_url")) }

    /// Where lists and reports are read; nil = where everything is.
    var readReplica: PostgresConfiguration? {
        self["database_read_url"].map { url in
            var configuration = postgres(url)
            configuration.isForReading = true
            // The primary serves what the replica can't.
            configuration.poolWait = min(configuration.poolWait, .milliseconds(500))
            return configuration
        }
    }
    var maxReadLag: Duration { .milliseconds(integer("database_read_max_lag_ms")) }

    private func postgres(_ url: String) -> PostgresConfiguration {
        var postgres = PostgresConfiguration(url: url)
        postgres.sharedConnections = integer("database_shared_connections")
        postgres.poolSize = integer("database_pool_size")
        postgres.poolWait = .milliseconds(integer("database_pool_wait_ms"))
        postgres.connectTimeout = .milliseconds(integer("database_connect_timeout_ms"))
        postgres.statementTimeout = .milliseconds(integer("database_statement_timeout_ms"))
        postgres.lockTimeout = .milliseconds(integer("database_lock_timeout_ms"))
        return postgres
    }

    /// Nil when Redis is switched off.
    public var redis: RedisConfiguration? {
        guard boolean("redis_enabled"), let url = self["redis_url"], var redis = try? RedisConfiguration(url: url)
        else { return nil }
        redis.commandTimeout = .milliseconds(integer("redis_command_timeout_ms"))
        return redis
    }

    /// Connections that one worker may open: the pool, the shared ones, and the one that hears of changed settings.
    public var connectionsPerWorker: Int { integer("database_pool_size") + integer("database_shared_connections") + 1 }

    /// Column and value of the settings row that the environment fills when the row is created (behaviour.md §11.4).
    var settingsSeeds: [(column: String, value: String, type: String)] {
        [
            ("timezone", text("tz"), "text"), ("date_format", text("date_format"), "text"),
            ("time_format", text("time_format"), "text"), ("currency", text("currency"), "text"),
            ("rounding_minutes", text("rounding_minutes"), "int"),
            ("single_active_timer", String(boolean("single_active_timer")), "bool"),
            ("allow_self_register", String(boolean("allow_self_register")), "bool"),
            ("idle_timeout_minutes", text("idle_timeout_minutes"), "int"),
            ("default_daily_working_hours", text("default_daily_working_hours"), "float8"),
        ]
    }
}
