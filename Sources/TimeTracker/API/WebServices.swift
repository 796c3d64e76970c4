import AsyncHTTPClient
import NIOCore
import Postgres
import Redis

/// The services that browser routes use; one of each for a worker process.
struct WebServices: Sendable {
    let sessions: SessionStore
    let users: SessionUsers
    let csrf: CSRFToken
    let devices: DeviceCookie
    let versionCheck: VersionCheck
    /// Nil = secure when the request came over https.
    let cookiesAreSecure: Bool?
    private let http: HTTPClient

    init(
        configuration: AppConfiguration, db: PostgresClient, redis: RedisClient?, group: any EventLoopGroup,
        faults: Faults
    ) {
        let prefix = configuration.redisKeyPrefix
        sessions = SessionStore(db: db, redis: redis, keyPrefix: prefix, lifetime: configuration.sessionLifetime)
        users = SessionUsers(db: db, cacheMilliseconds: configuration.authCacheMilliseconds)
        csrf = CSRFToken(secretKey: configuration.secretKey)
        devices = DeviceCookie(secretKey: configuration.secretKey)
        cookiesAreSecure = configuration.sessionCookieIsSecure
        http = HTTPClient(eventLoopGroupProvider: .shared(group))
        versionCheck = VersionCheck(
            configuration: VersionCheck.Configuration(configuration), redis: redis, keyPrefix: prefix, http: http,
            logger: faults.logger)
    }

    func shutdown() async throws {
        try await http.shutdown()
    }
}
