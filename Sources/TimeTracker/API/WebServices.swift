import Postgres
import Reactor
import Redis

/// The services that browser routes use; one of each for a worker process.
struct WebServices: Sendable {
    let sessions: SessionStore
    let users: SessionUsers
    let csrf: CSRFToken
    let devices: DeviceCookie
    let versionCheck: VersionCheck
    let live: LiveStreams
    /// Nil = secure when the request came over https.
    let cookiesAreSecure: Bool?

    init(
        configuration: AppConfiguration, db: PostgresClient, redis: RedisClient?, faults: Faults, reactor: Reactor,
        news: EntryNews
    ) {
        let prefix = configuration.redisKeyPrefix
        sessions = SessionStore(
            reactor: reactor, db: db, redis: redis, keyPrefix: prefix, lifetime: configuration.sessionLifetime)
        live = LiveStreams(reactor: reactor, news: news, db: db, sessions: sessions)
        users = SessionUsers(db: db, cacheMilliseconds: configuration.authCacheMilliseconds)
        csrf = CSRFToken(secretKey: configuration.secretKey, previous: configuration.previousSecretKey)
        devices = DeviceCookie(secretKey: configuration.secretKey, previous: configuration.previousSecretKey)
        cookiesAreSecure = configuration.sessionCookieIsSecure
        versionCheck = VersionCheck(
            configuration: VersionCheck.Configuration(configuration), redis: redis, keyPrefix: prefix,
            logger: faults.logger)
    }
}
