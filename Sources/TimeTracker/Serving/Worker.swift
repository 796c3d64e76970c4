import CKernel
import Glibc
import HTTPTypes
import Logging
import NIOCore
import Observability
import Postgres
import Reactor
import Redis

/// One HTTP worker process: composes the services, serves until TERM, drains.
public struct Worker: Sendable {
    /// What the supervisor hands over besides the configuration.
    public struct Inheritance: Sendable {
        public var slotIndex: Int
        /// Listening sockets.
        public var listeners: [Int32]
        public var board: StatusBoard?
        /// Pipe on which `ready` is told; nil when nobody waits.
        public var readyPipe: Int32?

        public init(slotIndex: Int, listeners: [Int32], board: StatusBoard?, readyPipe: Int32?) {
            self.slotIndex = slotIndex
            self.listeners = listeners
            self.board = board
            self.readyPipe = readyPipe
        }
    }

    let configuration: AppConfiguration
    let inheritance: Inheritance
    let logger: Logger
    let accessLog: AccessLog?

    public init(configuration: AppConfiguration, inheritance: Inheritance, logger: Logger, accessLog: AccessLog?) {
        self.configuration = configuration
        self.inheritance = inheritance
        self.logger = logger
        self.accessLog = accessLog
    }

    /// Serves until `stop` yields, then drains and returns.
    /// - Throws: when the services can't be made; a database that is away is no reason.
    public func run(until stop: StopSignal) async throws {
        let slot = inheritance.board?.slot(inheritance.slotIndex)
        kernel_frugal_malloc()
        let reactor = try makeReactor()
        reactor.start()
        let metrics = ServiceMetrics(board: inheritance.board) { _ in inheritance.slotIndex }
        let app = try makeApplication(reactor, metrics)
        app.db.start()
        app.redis?.start()
        app.readReplica?.start()
        // While connections are being opened.
        Page.readTemplates()
        let settingsWatch = SettingsWatch(
            app.settings, configuration: configuration.postgres, others: [listening(app.web.live)]
        ) { error, delay in
            logger.debug(
                "not listening for changed settings", metadata: ["detail": "\(error.message)", "retry_in": "\(delay)"])
        }
        settingsWatch.start()
        let responder = Responder(
            app: app, routes: Resources.routes + WebRoutes.all, browsers: WebGate(app: app))
        let service = HTTPService(
            reactor: reactor, limits: configuration.httpLimits, proxies: configuration.trustedProxies,
            responder: responder, accessLog: accessLog,
            metrics: inheritance.board.map { _ in
                RouteMetrics(factory: metrics.factory, labels: responder.metricLabels)
            }, slow: slowRequests, slot: slot)
        service.registry.start()
        // Warm the database connection, but serve without it: health checks and 503s have to be answered too.
        _ = try? await app.settings.current()
        // Limits are exact from the first request on, where Redis is there.
        await app.redis?.settle(within: .seconds(1))
        let acceptors = inheritance.listeners.map {
            Acceptor(descriptor: $0, service: service, board: inheritance.board)
        }
        for acceptor in acceptors { acceptor.start() }
        let housekeeping = Housekeeping(
            app: app, reactor: reactor, slot: slot, accessLog: accessLog, inFlight: { service.inFlight })
        housekeeping.start()
        slot?.state = .ready
        announceReady()
        // One of the workers is enough.
        if inheritance.slotIndex == 0, !app.settings.lastKnown.setupCompleted { await app.setupCode.announce() }
        logger.info("worker ready", metadata: ["slot": "\(inheritance.slotIndex)", "pid": "\(getpid())"])
        await stop.wait()
        slot?.state = .draining
        logger.info("worker draining", metadata: ["slot": "\(inheritance.slotIndex)"])
        // New connections go to the other workers; requests in flight finish, within the deadline.
        for acceptor in acceptors { acceptor.close() }
        await service.registry.drain(within: .seconds(configuration.drainTimeout))
        await housekeeping.stop()
        settingsWatch.stop()
        await app.readReplica?.shutdown()
        await app.db.shutdown(within: .seconds(5))
        await app.redis?.shutdown()
        app.heavyWork.stop()
        app.passwords.stop()
        reactor.stop()
        accessLog?.flush()
    }

    /// The one thread that serves requests; what holds it for long is told in the log, because every other request of the
    /// worker waits meanwhile.
    private func makeReactor() throws -> Reactor {
        let threshold = configuration.loopHoldWarningMilliseconds
        return try Reactor(name: "tt-loop", longestHold: threshold > 0 ? .milliseconds(threshold) : nil) { held in
            let milliseconds = held.components.seconds * 1000 + held.components.attoseconds / 1_000_000_000_000_000
            logger.warning("event loop held", metadata: ["milliseconds": "\(milliseconds)"])
        }
    }

    private func listening(_ live: LiveStreams) -> SettingsWatch.Listening {
        SettingsWatch.Listening(
            channel: EntryNews.channel, onBeginning: { live.begin() }, onNotices: { live.notices($0) },
            onLoss: { live.pause() })
    }

    private var slowRequests: SlowRequests? {
        let milliseconds = configuration.slowRequestMilliseconds
        return milliseconds > 0 ? SlowRequests(threshold: UInt64(milliseconds) * 1_000_000, logger: logger) : nil
    }

    private static func document(version: String) -> Reply {
        let text = ByteBuffer(string: OpenAPIDocument.json(version: version))
        return Reply(status: .ok, body: text).tagged(ETag.of(text))
    }

    private func announceReady() {
        guard let pipe = inheritance.readyPipe else { return }
        _ = "ready\n".withCString { write(pipe, $0, 6) }
    }

    func makeApplication(_ reactor: Reactor, _ metrics: ServiceMetrics) throws -> Application {
        let db = PostgresClient(
            configuration: configuration.postgres, reactor: reactor, observer: metrics.postgresObserver,
            onEvent: ServiceEvents.log(to: logger))
        let redis = configuration.redis.map {
            RedisClient(
                configuration: $0, reactor: reactor, onEvent: ServiceEvents.logRedis(to: logger),
                observer: metrics.redisObserver)
        }
        let prefix = configuration.redisKeyPrefix
        let faults = Faults(logger: logger)
        let news = EntryNews(db: db)
        return Application(
            version: configuration.version, db: db,
            readReplica: configuration.readReplica.map {
                ReadReplica(
                    $0, primary: db, redis: redis, reactor: reactor, keyPrefix: prefix,
                    maxLag: configuration.maxReadLag,
                    onEvent: ServiceEvents.log(to: logger))
            }, redis: redis, redisKeyPrefix: prefix,
            settings: SettingsStore(db: db),
            authenticator: Authenticator(
                db: db, cacheMilliseconds: configuration.authCacheMilliseconds, logger: logger),
            rateLimiter: RateLimiter(
                redis: redis, fallback: inheritance.board?.fallbackLimits,
                limitPerMinute: configuration.rateLimitPerMinute,
                limitPerHour: configuration.rateLimitPerHour, keyPrefix: prefix, metrics: metrics),
            loginThrottle: LoginThrottle(redis: redis, fallback: inheritance.board?.fallbackLimits, keyPrefix: prefix),
            accountThrottle: AccountThrottle(
                redis: redis, fallback: inheritance.board?.fallbackLimits, keyPrefix: prefix),
            passwords: try PasswordVerifier(),
            setupCode: SetupCode(secretKey: configuration.secretKey, db: db, logger: logger), tokenUsage: TokenUsage(),
            idempotency: Idempotency(db: db, redis: redis, redisKeyPrefix: prefix, metrics: metrics), faults: faults,
            admission: Admission(configuration.admissionLimits, reactor: reactor, metrics: metrics),
            heavyWork: try HeavyWork(), maxBodyBytes: configuration.httpLimits.maxBodyBytes,
            adminUsernames: configuration.adminUsernames, tokenLifetimeDays: configuration.tokenLifetimeDays,
            webhooksReachPrivateNetworks: configuration.webhooksReachPrivateNetworks,
            document: Self.document(version: configuration.version),
            assets: Assets(directory: configuration.assetsDirectory),
            web: WebServices(
                configuration: configuration, db: db, redis: redis, faults: faults, reactor: reactor, news: news),
            metrics: metrics,
            hostMetrics: inheritance.board.map { HostMetrics(board: $0, networks: configuration.metricsNetworks) },
            news: news)
    }
}
