import Logging
import NIOCore
import Postgres
import Redis

/// The services that handlers use; one of each for a worker process. A class, since every call holds it.
public final class Application: Sendable {
    /// Version that the server reports (behaviour.md §11.1).
    let version: String
    let db: PostgresClient
    /// Nil when everything is read from the primary.
    let readReplica: ReadReplica?
    /// Nil when Redis is switched off by configuration.
    let redis: RedisClient?
    let redisKeyPrefix: String
    /// Figures kept in Redis.
    let figures: KeptFigures
    let settings: SettingsStore
    let authenticator: Authenticator
    let rateLimiter: RateLimiter
    let loginThrottle: LoginThrottle
    let accountThrottle: AccountThrottle
    let passwords: PasswordVerifier
    let setupCode: SetupCode
    let tokenUsage: TokenUsage
    let idempotency: Idempotency
    let faults: Faults
    let admission: Admission
    let heavyWork: HeavyWork
    let memory = WorkerMemory()
    let metrics: ServiceMetrics
    /// What this host counts, for those who may see it; nil without a supervisor.
    let hostMetrics: HostMetrics?
    /// What no route's own limit exceeds.
    let maxBodyBytes: Int
    let adminUsernames: Set<String>
    /// Days a login token lives; 0 = for ever.
    let tokenLifetimeDays: Int
    /// Whether webhooks may point to private addresses (behaviour.md §10.6).
    let webhooksReachPrivateNetworks: Bool
    /// The OpenAPI document with its validator.
    let document: Reply
    let assets: Assets
    let web: WebServices

    init(
        version: String, db: PostgresClient, readReplica: ReadReplica?, redis: RedisClient?, redisKeyPrefix: String,
        settings: SettingsStore,
        authenticator: Authenticator, rateLimiter: RateLimiter, loginThrottle: LoginThrottle,
        accountThrottle: AccountThrottle, passwords: PasswordVerifier, setupCode: SetupCode, tokenUsage: TokenUsage,
        idempotency: Idempotency, faults: Faults, admission: Admission,
        heavyWork: HeavyWork, maxBodyBytes: Int, adminUsernames: Set<String>,
        tokenLifetimeDays: Int, webhooksReachPrivateNetworks: Bool, document: Reply, assets: Assets, web: WebServices,
        metrics: ServiceMetrics, hostMetrics: HostMetrics?, news: EntryNews
    ) {
        self.version = version
        self.db = db
        self.readReplica = readReplica
        self.redis = redis
        self.redisKeyPrefix = redisKeyPrefix
        figures = KeptFigures(redis: redis, keyPrefix: redisKeyPrefix, news: news)
        self.settings = settings
        self.authenticator = authenticator
        self.rateLimiter = rateLimiter
        self.loginThrottle = loginThrottle
        self.accountThrottle = accountThrottle
        self.passwords = passwords
        self.setupCode = setupCode
        self.tokenUsage = tokenUsage
        self.idempotency = idempotency
        self.faults = faults
        self.admission = admission
        self.heavyWork = heavyWork
        self.maxBodyBytes = maxBodyBytes
        self.adminUsernames = adminUsernames
        self.tokenLifetimeDays = tokenLifetimeDays
        self.webhooksReachPrivateNetworks = webhooksReachPrivateNetworks
        self.document = document
        self.assets = assets
        self.web = web
        self.metrics = metrics
        self.hostMetrics = hostMetrics
    }

    /// Redis is wanted but away: limits are counted for this host only.
    var isDegraded: Bool { redis.map { !$0.isAvailable } ?? false }

}
